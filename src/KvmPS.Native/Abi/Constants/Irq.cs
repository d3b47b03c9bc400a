namespace KvmPS.Native.Abi;

/// <summary>Flags of eventfds, kinds of routes and interrupt controllers.</summary>
public static class Irq
{
    public const uint KVM_NR_INTERRUPTS = 0x100;
    public const uint KVM_IOAPIC_NUM_PINS = 24;
    public const uint KVM_IRQCHIP_PIC_MASTER = 0;
    public const uint KVM_IRQCHIP_PIC_SLAVE = 1;
    public const uint KVM_IRQCHIP_IOAPIC = 2;
    public const uint KVM_IOEVENTFD_FLAG_DATAMATCH = 1;
    public const uint KVM_IOEVENTFD_FLAG_PIO = 2;
    public const uint KVM_IOEVENTFD_FLAG_DEASSIGN = 4;
    public const uint KVM_IOEVENTFD_FLAG_VIRTIO_CCW_NOTIFY = 8;
    public const uint KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL = 0xFFFFFFFF;
    public const uint KVM_IRQ_ROUTING_IRQCHIP = 1;
    public const uint KVM_IRQ_ROUTING_MSI = 2;
    public const uint KVM_IRQ_ROUTING_S390_ADAPTER = 3;
    public const uint KVM_IRQ_ROUTING_HV_SINT = 4;
    public const uint KVM_IRQ_ROUTING_XEN_EVTCHN = 5;
    public const uint KVM_IRQFD_FLAG_DEASSIGN = 1;
    public const uint KVM_IRQFD_FLAG_RESAMPLE = 2;
    public const uint KVM_MSI_VALID_DEVID = 1;
}
