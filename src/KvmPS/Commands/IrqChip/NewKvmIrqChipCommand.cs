using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IrqChip;

/// <summary>New-KvmIrqChip: KVM_CREATE_IRQCHIP, or KVM_CAP_SPLIT_IRQCHIP.</summary>
[Cmdlet(VerbsCommon.New, "KvmIrqChip", SupportsShouldProcess = true), OutputType(typeof(KvmIrqChip))]
public sealed class NewKvmIrqChipCommand : VmCmdlet
{
    /// <summary>Full: all controllers are in the kernel; Split: the local APICs only (x86).</summary>
    [Parameter(Position = 1)]
    public KvmIrqChipMode Mode { get; set; }

    /// <summary>Split: how many GSIs are kept for the monitor's IOAPIC.</summary>
    [Parameter]
    public uint Routes { get; set; } = 24;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string what = Mode == KvmIrqChipMode.Full
            ? "Create the interrupt controllers (KVM_CREATE_IRQCHIP)"
            : $"Create the local APICs, {Routes} routes for an IOAPIC (KVM_CAP_SPLIT_IRQCHIP)";
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), what))
                Emit(() => vm.CreateIrqChip(Mode, Routes));
        }
    }
}
