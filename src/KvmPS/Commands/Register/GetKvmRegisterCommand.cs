using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Register;

/// <summary>Get-KvmRegister: the registers of vCPUs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmRegister"), OutputType(typeof(KvmRegister))]
public sealed class GetKvmRegisterCommand : VcpuCmdlet
{
    private static readonly string[] Default = ["General", "Special"];

    /// <summary>Names of registers, with wildcards, or their numbers; by default the general and the special ones.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards, ArgumentCompleter(typeof(RegisterCompleter))]
    [ValidateNotNull]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            (RegisterSet Set, Native.Abi.Register Register)[] wanted = [];
            if (!Attempt(() => wanted = [.. Wanted(vcpu).Distinct()]))
                continue;
            foreach (var set in wanted.GroupBy(one => one.Set))
                EmitAll(() => Read(vcpu, set.Key, set.Select(one => one.Register)));
        }
    }

    private static KvmRegister[] Read(KvmVcpu vcpu, RegisterSet set, IEnumerable<Native.Abi.Register> registers)
    {
        byte[] bytes = vcpu.ReadRegisters(set);
        return [.. registers.Select(register =>
        {
            byte[] raw = register.Read(bytes);
            return new KvmRegister(vcpu, register.Name, set.Name, AttrValue.Decode(register.Type, raw), raw);
        })];
    }

    private IEnumerable<(RegisterSet Set, Native.Abi.Register Register)> Wanted(KvmVcpu vcpu)
    {
        if (Name is null)
            return All(vcpu).Where(one => Default.Contains(one.Set.Name));
        var wanted = new List<(RegisterSet, Native.Abi.Register)>();
        foreach (string name in Name.Select(RegisterName.Of))
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
                wanted.AddRange(All(vcpu).Where(one => pattern.IsMatch(one.Register.Name)));
            }
            else if (vcpu.FindRegister(name) is { } found)
                wanted.Add(found);
            else
                WriteError(LookupErrors.RegisterUnknown(vcpu, name));
        }
        return wanted;
    }

    // Where the interrupt controller is in user space there is no local APIC to read, unless somebody asks for it by name.
    private static IEnumerable<(RegisterSet Set, Native.Abi.Register Register)> All(KvmVcpu vcpu) => vcpu.GetRegisterSets()
        .Where(set => set.Name != "Lapic" || vcpu.Vm.IrqChip is not null)
        .SelectMany(set => set.Registers, (set, register) => (set, register));
}
