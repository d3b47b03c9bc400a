using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IrqChip;

/// <summary>Get-KvmIrqChip: KVM_GET_IRQCHIP of the PICs and the IOAPIC.</summary>
[Cmdlet(VerbsCommon.Get, "KvmIrqChip"), OutputType(typeof(KvmIrqChip))]
public sealed class GetKvmIrqChipCommand : VmCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
            Emit(vm.GetIrqChip);
    }
}
