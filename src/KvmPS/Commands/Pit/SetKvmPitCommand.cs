using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Pit;

/// <summary>Set-KvmPit: KVM_SET_PIT2.</summary>
[Cmdlet(VerbsCommon.Set, "KvmPit", SupportsShouldProcess = true)]
public sealed class SetKvmPitCommand : VmCmdlet
{
    /// <summary>What Get-KvmPit gave, of this VM or of another, changed or not.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public KvmPit State { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Set the {State} (KVM_SET_PIT2)"))
                Attempt(() => vm.SetPit(State));
        }
    }
}
