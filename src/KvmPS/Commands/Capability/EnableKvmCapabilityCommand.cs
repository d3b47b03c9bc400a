using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Capability;

/// <summary>Enable-KvmCapability: KVM_ENABLE_CAP.</summary>
[Cmdlet(VerbsLifecycle.Enable, "KvmCapability", SupportsShouldProcess = true, DefaultParameterSetName = "Vm")]
public sealed class EnableKvmCapabilityCommand : KvmCmdlet
{
    /// <summary>The VMs, their names (wildcards) or ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Vm")]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[] Vm { get; set; } = [];

    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Vcpu")]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>The capability: its name or number.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(CapabilityCompleter))]
    public CapabilityArgument Name { get; set; } = null!;

    /// <summary>At most four numbers; what they mean is the capability's own.</summary>
    [Parameter(Position = 2)]
    [Unsigned, ValidateCount(0, 4)]
    public ulong[] Argument { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
            Enable(vm, () => vm.EnableCapability(Name.Number, Argument));
        foreach (KvmVcpu vcpu in Vcpu)
            Enable(vcpu, () => vcpu.EnableCapability(Name.Number, Argument));
    }

    private void Enable(KvmObject target, Action work)
    {
        if (ShouldProcess(target.ToString(), $"Enable {Name} (KVM_ENABLE_CAP)"))
            Attempt(work);
    }
}
