using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>Send-KvmMsi: KVM_SIGNAL_MSI.</summary>
[Cmdlet(VerbsCommunications.Send, "KvmMsi", SupportsShouldProcess = true), OutputType(typeof(KvmIrqDelivery))]
public sealed class SendKvmMsiCommand : VmCmdlet
{
    /// <summary>Where a device would write to: on x86 0xFEE00000 with the destination's APIC id in bits 12 to 19.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Unsigned]
    public ulong Address { get; set; }

    /// <summary>What it would write: on x86 the vector, and the delivery mode in bits 8 to 10 (4 is NMI).</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [Unsigned]
    public uint Data { get; set; }

    /// <summary>The device's id, where the controller asks for it (GICv3 ITS).</summary>
    [Parameter]
    public uint? DeviceId { get; set; }

    /// <summary>Says what became of it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (!ShouldProcess(vm.ToString(), $"Send 0x{Data:X} to 0x{Address:X} (KVM_SIGNAL_MSI)"))
                continue;
            KvmIrqDelivery? delivery = null;
            if (Attempt(() => delivery = vm.SignalMsi(Address, Data, DeviceId)) && PassThru)
                WriteObject(delivery);
        }
    }
}
