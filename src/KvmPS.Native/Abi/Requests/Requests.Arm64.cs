using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Reads the vCPU target that matches the host.</summary>
    public static Request KVM_ARM_PREFERRED_TARGET => field ??= Request.Read<kvm_vcpu_init>(0xaf, Vm, Arch.Arm64);

    /// <summary>Initialises or resets a vCPU with its target and features.</summary>
    public static Request KVM_ARM_VCPU_INIT => field ??= Request.Write<kvm_vcpu_init>(0xae, Vcpu, Arch.Arm64);

    /// <summary>Completes a vCPU feature, given as a pointer to its number.</summary>
    public static Request KVM_ARM_VCPU_FINALIZE => field ??= Request.Write<int>(0xc2, Vcpu, Arch.Arm64);

    /// <summary>Places an interrupt controller; superseded by device attributes.</summary>
    public static Request KVM_ARM_SET_DEVICE_ADDR => field ??= Request.Write<kvm_arm_device_addr>(0xab, Vm, Arch.Arm64);

    /// <summary>Copies memory tags from or to the guest and returns the bytes done.</summary>
    public static Request KVM_ARM_MTE_COPY_TAGS => field ??= Request.Read<kvm_arm_copy_mte_tags>(0xb4, Vm, Arch.Arm64);

    /// <summary>Sets the offset of the guest's timers.</summary>
    public static Request KVM_ARM_SET_COUNTER_OFFSET
        => field ??= Request.Write<kvm_arm_counter_offset>(0xb5, Vm, Arch.Arm64);

    /// <summary>Reads which bits of the id registers can be written.</summary>
    public static Request KVM_ARM_GET_REG_WRITABLE_MASKS
        => field ??= Request.Read<reg_mask_range>(0xb6, Vm, Arch.Arm64);
}
