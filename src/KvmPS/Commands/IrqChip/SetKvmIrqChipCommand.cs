using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IrqChip;

/// <summary>Set-KvmIrqChip: KVM_SET_IRQCHIP of the PICs and the IOAPIC.</summary>
[Cmdlet(VerbsCommon.Set, "KvmIrqChip", SupportsShouldProcess = true)]
public sealed class SetKvmIrqChipCommand : VmCmdlet
{
    /// <summary>What Get-KvmIrqChip gave, of this VM or of another, changed or not.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNull]
    public KvmIrqChip State { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Set the {State} (KVM_SET_IRQCHIP)"))
                Attempt(() => vm.SetIrqChip(State));
        }
    }
}
