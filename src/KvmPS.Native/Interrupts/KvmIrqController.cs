using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>The in-kernel interrupt controllers that have pins, with x86's names. Other architectures have one, number 0.</summary>
public enum KvmIrqController
{
    /// <summary>The first 8259.</summary>
    PicMaster = (int)Irq.KVM_IRQCHIP_PIC_MASTER,

    /// <summary>The second 8259.</summary>
    PicSlave = (int)Irq.KVM_IRQCHIP_PIC_SLAVE,

    /// <summary>The IOAPIC.</summary>
    Ioapic = (int)Irq.KVM_IRQCHIP_IOAPIC,
}
