using static KvmPS.Native.Abi.RequestArgument;
using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Legacy; no current kernel answers it.</summary>
    public static Request KVM_S390_ENABLE_SIE => field ??= Request.Io(0x06, RequestScope.System, Arch.S390);

    /// <summary>Maps user memory into a user-controlled VM.</summary>
    public static Request KVM_S390_UCAS_MAP => field ??= Request.Write<kvm_s390_ucas_mapping>(0x50, Vcpu, Arch.S390);

    /// <summary>Unmaps user memory from a user-controlled VM.</summary>
    public static Request KVM_S390_UCAS_UNMAP => field ??= Request.Write<kvm_s390_ucas_mapping>(0x51, Vcpu, Arch.S390);

    /// <summary>Resolves a fault at the guest address given by value.</summary>
    public static Request KVM_S390_VCPU_FAULT => field ??= Request.Write<ulong>(0x52, Vcpu, Arch.S390, argument: Value);

    /// <summary>Works on one storage key.</summary>
    public static Request KVM_S390_KEYOP => field ??= Request.ReadWrite<kvm_s390_keyop>(0x53, Vm, Arch.S390);

    /// <summary>Injects an interrupt; superseded by KVM_S390_IRQ.</summary>
    public static Request KVM_S390_INTERRUPT => field ??= Request.Write<kvm_s390_interrupt>(0x94, Vm | Vcpu, Arch.S390);

    /// <summary>Stores the vCPU's status at the guest address given by value.</summary>
    public static Request KVM_S390_STORE_STATUS
        => field ??= Request.Write<ulong>(0x95, Vcpu, Arch.S390, argument: Value);

    /// <summary>Writes the program status word.</summary>
    public static Request KVM_S390_SET_INITIAL_PSW => field ??= Request.Write<kvm_s390_psw>(0x96, Vcpu, Arch.S390);

    /// <summary>Resets the vCPU as the initial-reset order does.</summary>
    public static Request KVM_S390_INITIAL_RESET => field ??= Request.Io(0x97, Vcpu, Arch.S390);

    /// <summary>Resets the vCPU as the normal-reset order does.</summary>
    public static Request KVM_S390_NORMAL_RESET => field ??= Request.Io(0xc3, Vcpu, Arch.S390);

    /// <summary>Resets the vCPU and clears its registers.</summary>
    public static Request KVM_S390_CLEAR_RESET => field ??= Request.Io(0xc4, Vcpu, Arch.S390);

    /// <summary>Reads or writes guest memory.</summary>
    public static Request KVM_S390_MEM_OP => field ??= Request.Write<kvm_s390_mem_op>(0xb1, Vm | Vcpu, Arch.S390);

    /// <summary>Reads storage keys.</summary>
    public static Request KVM_S390_GET_SKEYS => field ??= Request.Write<kvm_s390_skeys>(0xb2, Vm, Arch.S390);

    /// <summary>Writes storage keys.</summary>
    public static Request KVM_S390_SET_SKEYS => field ??= Request.Write<kvm_s390_skeys>(0xb3, Vm, Arch.S390);

    /// <summary>Injects an interrupt.</summary>
    public static Request KVM_S390_IRQ => field ??= Request.Write<kvm_s390_irq>(0xb4, Vcpu, Arch.S390);

    /// <summary>Writes all pending interrupts.</summary>
    public static Request KVM_S390_SET_IRQ_STATE => field ??= Request.Write<kvm_s390_irq_state>(0xb5, Vcpu, Arch.S390);

    /// <summary>Reads all pending interrupts and returns the bytes written.</summary>
    public static Request KVM_S390_GET_IRQ_STATE => field ??= Request.Write<kvm_s390_irq_state>(0xb6, Vcpu, Arch.S390);

    /// <summary>Reads the usage states of pages.</summary>
    public static Request KVM_S390_GET_CMMA_BITS => field ??= Request.ReadWrite<kvm_s390_cmma_log>(0xb8, Vm, Arch.S390);

    /// <summary>Writes the usage states of pages.</summary>
    public static Request KVM_S390_SET_CMMA_BITS => field ??= Request.Write<kvm_s390_cmma_log>(0xb9, Vm, Arch.S390);

    /// <summary>Issues a command to the ultravisor for a VM.</summary>
    public static Request KVM_S390_PV_COMMAND => field ??= Request.ReadWrite<kvm_pv_cmd>(0xc5, Vm, Arch.S390);

    /// <summary>Issues a command to the ultravisor for a vCPU.</summary>
    public static Request KVM_S390_PV_CPU_COMMAND => field ??= Request.ReadWrite<kvm_pv_cmd>(0xd0, Vcpu, Arch.S390);

    /// <summary>Works on a passed-through PCI function.</summary>
    public static Request KVM_S390_ZPCI_OP => field ??= Request.Write<kvm_s390_zpci_op>(0xd1, Vm, Arch.S390);
}
