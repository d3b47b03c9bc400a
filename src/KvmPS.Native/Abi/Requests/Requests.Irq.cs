using static KvmPS.Native.Abi.RequestArgument;
using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Creates the in-kernel interrupt controllers.</summary>
    public static Request KVM_CREATE_IRQCHIP
        => field ??= Request.Io(0x60, Vm, Arch.X86 | Arch.Arm64 | Arch.S390 | Arch.LoongArch);

    /// <summary>Sets the level of an interrupt line.</summary>
    public static Request KVM_IRQ_LINE => field ??= Request.Write<kvm_irq_level>(0x61, Vm);

    /// <summary>As KVM_IRQ_LINE, and writes back whether the interrupt was delivered.</summary>
    public static Request KVM_IRQ_LINE_STATUS => field ??= Request.ReadWrite<kvm_irq_level>(0x67, Vm);

    /// <summary>Reads the state of a PIC or the IOAPIC.</summary>
    public static Request KVM_GET_IRQCHIP => field ??= Request.ReadWrite<kvm_irqchip>(0x62, Vm, Arch.X86);

    /// <summary>Writes the state of a PIC or the IOAPIC. The kernel's number has the direction of a read.</summary>
    public static Request KVM_SET_IRQCHIP => field ??= Request.Read<kvm_irqchip>(0x63, Vm, Arch.X86);

    /// <summary>Creates the in-kernel timer chip; superseded by KVM_CREATE_PIT2.</summary>
    public static Request KVM_CREATE_PIT => field ??= Request.Io(0x64, Vm, Arch.X86);

    /// <summary>Creates the in-kernel timer chip.</summary>
    public static Request KVM_CREATE_PIT2 => field ??= Request.Write<kvm_pit_config>(0x77, Vm, Arch.X86);

    /// <summary>Reads the timer chip; superseded by KVM_GET_PIT2.</summary>
    public static Request KVM_GET_PIT => field ??= Request.ReadWrite<kvm_pit_state>(0x65, Vm, Arch.X86);

    /// <summary>
    /// Writes the timer chip; superseded by KVM_SET_PIT2. The kernel's number has the direction of a read.
    /// </summary>
    public static Request KVM_SET_PIT => field ??= Request.Read<kvm_pit_state>(0x66, Vm, Arch.X86);

    /// <summary>Reads the timer chip.</summary>
    public static Request KVM_GET_PIT2 => field ??= Request.Read<kvm_pit_state2>(0x9f, Vm, Arch.X86);

    /// <summary>Writes the timer chip.</summary>
    public static Request KVM_SET_PIT2 => field ??= Request.Write<kvm_pit_state2>(0xa0, Vm, Arch.X86);

    /// <summary>Chooses whether missed timer ticks are injected later. The number carries no size.</summary>
    public static Request KVM_REINJECT_CONTROL
        => field ??= Request.Io(0x71, Vm, Arch.X86).PointingTo<kvm_reinject_control>();

    /// <summary>Replaces the table that routes GSIs to interrupt controllers and messages.</summary>
    public static Request KVM_SET_GSI_ROUTING => field ??= Request.Write<kvm_irq_routing>(0x6a, Vm, argument: Header);

    /// <summary>Ties an eventfd to a GSI, so that signalling the one raises the other.</summary>
    public static Request KVM_IRQFD => field ??= Request.Write<kvm_irqfd>(0x76, Vm);

    /// <summary>Ties a guest write to an address or port to an eventfd.</summary>
    public static Request KVM_IOEVENTFD => field ??= Request.Write<kvm_ioeventfd>(0x79, Vm);

    /// <summary>Delivers a message-signalled interrupt and returns more than 0 where the guest took it.</summary>
    public static Request KVM_SIGNAL_MSI => field ??= Request.Write<kvm_msi>(0xa5, Vm);

    /// <summary>Reads the local APIC's register page.</summary>
    public static Request KVM_GET_LAPIC => field ??= Request.Read<kvm_lapic_state>(0x8e, Vcpu, Arch.X86);

    /// <summary>Writes the local APIC's register page.</summary>
    public static Request KVM_SET_LAPIC => field ??= Request.Write<kvm_lapic_state>(0x8f, Vcpu, Arch.X86);

    /// <summary>Queues an interrupt vector where the interrupt controller is not in the kernel.</summary>
    public static Request KVM_INTERRUPT
        => field ??= Request.Write<kvm_interrupt>(
            0x86, Vcpu, Arch.X86 | Arch.PowerPC | Arch.RiscV | Arch.LoongArch | Arch.Mips);

    /// <summary>Queues a non-maskable interrupt.</summary>
    public static Request KVM_NMI => field ??= Request.Io(0x9a, Vcpu, Arch.X86);

    /// <summary>Queues a system-management interrupt.</summary>
    public static Request KVM_SMI => field ??= Request.Io(0xb7, Vcpu, Arch.X86);

    /// <summary>Turns exits on task-priority accesses on or off.</summary>
    public static Request KVM_TPR_ACCESS_REPORTING
        => field ??= Request.ReadWrite<kvm_tpr_access_ctl>(0x92, Vcpu, Arch.X86);

    /// <summary>Names the page through which guest and host share the task priority.</summary>
    public static Request KVM_SET_VAPIC_ADDR => field ??= Request.Write<kvm_vapic_addr>(0x93, Vcpu, Arch.X86);
}
