using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>A line and its level in; with KVM_IRQ_LINE_STATUS the delivery status out.</summary>
/// <remarks>Used by KVM_IRQ_LINE.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct kvm_irq_level
{
    /// <summary>In: the line. On arm64 it has the fields of <see cref="ArmIrq"/>.</summary>
    [FieldOffset(0)]
    public uint irq;

    /// <summary>
    /// Out, with KVM_IRQ_LINE_STATUS: below 0 ignored, 0 coalesced, above 0 the vCPUs that it reached.
    /// </summary>
    [FieldOffset(0)]
    public int status;

    /// <summary>In: 1 raises the line, 0 lowers it.</summary>
    [FieldOffset(4)]
    public uint level;
}

/// <summary>The state of a PIC (chip 0 and 1) or the IOAPIC (chip 2).</summary>
/// <remarks>Used by KVM_GET_IRQCHIP.</remarks>
public struct kvm_irqchip
{
    /// <summary>KVM_IRQCHIP_*: what <c>chip</c> holds.</summary>
    public uint chip_id;

    public uint pad;
    public chip_t chip;

    /// <summary>The member <c>chip</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    public struct chip_t
    {
        [FieldOffset(0)]
        public Array512<byte> dummy;

        [FieldOffset(0)]
        public kvm_pic_state pic;

        [FieldOffset(0)]
        public kvm_ioapic_state ioapic;
    }
}

/// <summary>The state of an 8259 PIC.</summary>
/// <remarks>Used by KVM_GET_IRQCHIP.</remarks>
public struct kvm_pic_state
{
    public byte last_irr;
    public byte irr;
    public byte imr;
    public byte isr;
    public byte priority_add;
    public byte irq_base;
    public byte read_reg_select;
    public byte poll;
    public byte special_mask;
    public byte init_state;
    public byte auto_eoi;
    public byte rotate_on_auto_eoi;
    public byte special_fully_nested_mode;
    public byte init4;
    public byte elcr;
    public byte elcr_mask;
}

/// <summary>The state of the IOAPIC.</summary>
/// <remarks>Used by KVM_GET_IRQCHIP.</remarks>
public struct kvm_ioapic_state
{
    public ulong base_address;
    public uint ioregsel;
    public uint id;
    public uint irr;
    public uint pad;
    public Array24<redirtbl_t> redirtbl;

    /// <summary>An entry of the redirection table: all 64 bits, and those of its fields that are whole bytes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 8)]
    public struct redirtbl_t
    {
        [FieldOffset(0)]
        public ulong bits;

        [FieldOffset(0), KernelMember("fields.vector")]
        public byte vector;

        [FieldOffset(7), KernelMember("fields.dest_id")]
        public byte dest_id;
    }
}

/// <summary>The head of a routing table, followed by <see cref="kvm_irq_routing_entry"/> entries.</summary>
/// <remarks>Used by KVM_SET_GSI_ROUTING.</remarks>
public struct kvm_irq_routing
{
    /// <summary>How many entries follow.</summary>
    public uint nr;

    public uint flags;
}

/// <summary>One route of a GSI; <c>type</c> chooses the member of <c>u</c>.</summary>
/// <remarks>Used by KVM_SET_GSI_ROUTING.</remarks>
public struct kvm_irq_routing_entry
{
    /// <summary>The GSI.</summary>
    public uint gsi;

    /// <summary>KVM_IRQ_ROUTING_*: what <c>u</c> holds.</summary>
    public uint type;

    /// <summary>KVM_MSI_VALID_DEVID or 0.</summary>
    public uint flags;

    public uint pad;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    public struct u_t
    {
        [FieldOffset(0)]
        public kvm_irq_routing_irqchip irqchip;

        [FieldOffset(0)]
        public kvm_irq_routing_msi msi;

        [FieldOffset(0)]
        public kvm_irq_routing_s390_adapter adapter;

        [FieldOffset(0)]
        public kvm_irq_routing_hv_sint hv_sint;

        [FieldOffset(0)]
        public kvm_irq_routing_xen_evtchn xen_evtchn;

        [FieldOffset(0)]
        public Array8<uint> pad;
    }
}

/// <summary>A route to a pin of an interrupt controller.</summary>
/// <remarks>Used by KVM_IRQ_ROUTING_IRQCHIP.</remarks>
public struct kvm_irq_routing_irqchip
{
    public uint irqchip;
    public uint pin;
}

/// <summary>A route to a message.</summary>
/// <remarks>Used by KVM_IRQ_ROUTING_MSI.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct kvm_irq_routing_msi
{
    [FieldOffset(0)]
    public uint address_lo;

    [FieldOffset(4)]
    public uint address_hi;

    [FieldOffset(8)]
    public uint data;

    [FieldOffset(12)]
    public uint pad;

    [FieldOffset(12)]
    public uint devid;
}

/// <summary>A route to an adapter's indicator bits.</summary>
/// <remarks>Used by KVM_IRQ_ROUTING_S390_ADAPTER.</remarks>
public struct kvm_irq_routing_s390_adapter
{
    public ulong ind_addr;
    public ulong summary_addr;
    public ulong ind_offset;
    public uint summary_offset;
    public uint adapter_id;
}

/// <summary>A route to a Hyper-V synthetic interrupt.</summary>
/// <remarks>Used by KVM_IRQ_ROUTING_HV_SINT.</remarks>
public struct kvm_irq_routing_hv_sint
{
    public uint vcpu;
    public uint sint;
}

/// <summary>A Xen event channel.</summary>
/// <remarks>Used by KVM_XEN_HVM_EVTCHN_SEND.</remarks>
public struct kvm_irq_routing_xen_evtchn
{
    public uint port;
    public uint vcpu;
    public uint priority;
}

/// <summary>An eventfd that raises a GSI.</summary>
/// <remarks>Used by KVM_IRQFD.</remarks>
public struct kvm_irqfd
{
    /// <summary>The eventfd.</summary>
    public uint fd;

    /// <summary>The GSI that it raises.</summary>
    public uint gsi;

    /// <summary>KVM_IRQFD_FLAG_*.</summary>
    public uint flags;

    /// <summary>The eventfd that is signalled when the guest is done, with KVM_IRQFD_FLAG_RESAMPLE.</summary>
    public uint resamplefd;

    public Array16<byte> pad;
}

/// <summary>A guest write that signals an eventfd. <c>len</c> is 0, 1, 2, 4 or 8 bytes.</summary>
/// <remarks>Used by KVM_IOEVENTFD.</remarks>
public struct kvm_ioeventfd
{
    /// <summary>The value that has to be written, with KVM_IOEVENTFD_FLAG_DATAMATCH.</summary>
    public ulong datamatch;

    /// <summary>The guest address, or the port with KVM_IOEVENTFD_FLAG_PIO.</summary>
    public ulong addr;

    /// <summary>The write's size in bytes: 1, 2, 4 or 8; 0 for any.</summary>
    public uint len;

    /// <summary>The eventfd.</summary>
    public int fd;

    /// <summary>KVM_IOEVENTFD_FLAG_*.</summary>
    public uint flags;

    public Array36<byte> pad;
}

/// <summary>A message-signalled interrupt.</summary>
/// <remarks>Used by KVM_SIGNAL_MSI.</remarks>
public struct kvm_msi
{
    /// <summary>The low half of the message's address.</summary>
    public uint address_lo;

    /// <summary>The high half of the message's address.</summary>
    public uint address_hi;

    /// <summary>The message's data.</summary>
    public uint data;

    /// <summary>KVM_MSI_VALID_DEVID or 0.</summary>
    public uint flags;

    /// <summary>The device's id, with KVM_MSI_VALID_DEVID.</summary>
    public uint devid;

    public Array12<byte> pad;
}

/// <summary>An interrupt to queue.</summary>
/// <remarks>Used by KVM_INTERRUPT.</remarks>
public struct kvm_interrupt
{
    /// <summary>The vector on x86.</summary>
    public uint irq;
}

/// <summary>The register page of a local APIC.</summary>
/// <remarks>Used by KVM_GET_LAPIC.</remarks>
public struct kvm_lapic_state
{
    public Array1024<byte> regs;
}

/// <summary>Whether accesses to the task priority exit.</summary>
/// <remarks>Used by KVM_TPR_ACCESS_REPORTING.</remarks>
public struct kvm_tpr_access_ctl
{
    public uint enabled;
    public uint flags;
    public Array8<uint> reserved;
}

/// <summary>The guest address of the shared task priority.</summary>
/// <remarks>Used by KVM_SET_VAPIC_ADDR.</remarks>
public struct kvm_vapic_addr
{
    public ulong vapic_addr;
}
