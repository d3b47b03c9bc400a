using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Capability;

/// <summary>Get-KvmCapability: KVM_CHECK_EXTENSION.</summary>
[Cmdlet(VerbsCommon.Get, "KvmCapability"), OutputType(typeof(KvmCapability))]
public sealed class GetKvmCapabilityCommand : KvmCmdlet
{
    /// <summary>Names, with or without KVM_CAP_ and with wildcards, or numbers.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards, ArgumentCompleter(typeof(CapabilityCompleter))]
    [ValidateNotNull]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The VMs to ask; by default the host is asked.</summary>
    [Parameter(ValueFromPipeline = true)]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[]? Vm { get; set; }

    /// <summary>Also the capabilities that are not supported.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Vm is null)
        {
            var system = new KvmSystem();
            Select(system.GetCapabilities, RequestScope.System, system.CheckExtension);
            return;
        }
        foreach (KvmVm vm in Resolve(Vm))
            Select(vm.GetCapabilities, RequestScope.Vm, vm.CheckExtension);
    }

    private void Select(Func<IReadOnlyList<KvmCapability>> query, RequestScope scope, Func<uint, int> check)
    {
        IReadOnlyList<KvmCapability> all = [];
        if (!Attempt(() => all = query()))
            return;
        foreach (string name in Name)
        {
            if (Numbers.TryRead(name, out ulong number) && number <= int.MaxValue)
                Emit(() => all.FirstOrDefault(row => row.Number == number)
                    ?? new KvmCapability(name, (uint)number, check((uint)number), scope));
            else
                SelectByName(all, name);
        }
    }

    private void SelectByName(IReadOnlyList<KvmCapability> all, string name)
    {
        bool wild = WildcardPattern.ContainsWildcardCharacters(name);
        WildcardPattern pattern = CapabilityArgument.Pattern(name);
        KvmCapability[] found = [.. all.Where(row => pattern.IsMatch(CapabilityArgument.ShortName(row.Name)))];
        if (found.Length == 0 && !wild)
            WriteError(LookupErrors.CapabilityNotFound(name));
        foreach (KvmCapability capability in found)
        {
            if (capability.Supported || All || !wild)
                WriteObject(capability);
        }
    }
}
