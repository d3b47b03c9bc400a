using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Register;

/// <summary>Get-KvmRegister: the registers of vCPUs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmRegister"), OutputType(typeof(KvmRegister))]
public sealed class GetKvmRegisterCommand : KvmCmdlet
{
    private static readonly string[] Default = ["General", "Special"];

    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>Names of registers, with wildcards; by default the general and the special ones.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards, ArgumentCompleter(typeof(RegisterCompleter))]
    [ValidateNotNull]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            var wanted = Wanted(vcpu).ToLookup(found => found.Set, found => found.Register);
            foreach (RegisterSet set in RegisterCatalog.All.Where(wanted.Contains))
            {
                // Where the interrupt controller is in user space there is no local APIC to read, and nobody asked for it by name.
                if (set.Name != "Lapic" || vcpu.Vm.IrqChip is not null || IsNamed(wanted[set]))
                    EmitAll(() => Read(vcpu, set, wanted[set]));
            }
        }
    }

    private bool IsNamed(IEnumerable<AttrPayloadMember> registers) =>
        registers.Any(register => Name!.Contains(register.Name, StringComparer.OrdinalIgnoreCase));

    private static KvmRegister[] Read(KvmVcpu vcpu, RegisterSet set, IEnumerable<AttrPayloadMember> registers)
    {
        byte[] bytes = vcpu.ReadRegisters(set);
        return [.. registers.Select(register =>
        {
            byte[] raw = bytes.AsSpan(register.Offset, register.Type.Size!.Value).ToArray();
            return new KvmRegister(vcpu, register.Name, set.Name, AttrValue.Decode(register.Type, raw), raw);
        })];
    }

    private IEnumerable<(RegisterSet Set, AttrPayloadMember Register)> Wanted(KvmVcpu vcpu)
    {
        IEnumerable<(RegisterSet Set, AttrPayloadMember Register)> all =
            RegisterCatalog.All.SelectMany(set => set.Registers, (set, register) => (set, register));
        if (Name is null)
            return all.Where(one => Default.Contains(one.Set.Name));
        var patterns = Name.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant)).ToArray();
        foreach (string name in Name.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && RegisterCatalog.Find(name) is null))
            WriteError(LookupErrors.RegisterUnknown(vcpu, name));
        return all.Where(one => patterns.Any(pattern => pattern.IsMatch(one.Register.Name)));
    }
}
