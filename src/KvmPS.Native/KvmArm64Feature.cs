using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>What a vCPU of arm64 can have: KVM_ARM_VCPU_*.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.82 KVM_ARM_VCPU_INIT</seealso>
public enum KvmArm64Feature
{
    /// <summary>It is off until another one starts it (PSCI's CPU_ON).</summary>
    PowerOff = (int)Arm64Vcpu.KVM_ARM_VCPU_POWER_OFF,

    /// <summary>EL1 is of 32 bits.</summary>
    El1Is32Bit = (int)Arm64Vcpu.KVM_ARM_VCPU_EL1_32BIT,

    /// <summary>PSCI 0.2 and later, instead of 0.1.</summary>
    Psci02 = (int)Arm64Vcpu.KVM_ARM_VCPU_PSCI_0_2,

    /// <summary>Performance counters.</summary>
    PmuV3 = (int)Arm64Vcpu.KVM_ARM_VCPU_PMU_V3,

    /// <summary>Scalable vectors.</summary>
    Sve = (int)Arm64Vcpu.KVM_ARM_VCPU_SVE,

    /// <summary>Authentication of addresses; together with <see cref="PtrauthGeneric"/>.</summary>
    PtrauthAddress = (int)Arm64Vcpu.KVM_ARM_VCPU_PTRAUTH_ADDRESS,

    /// <summary>Authentication of data; together with <see cref="PtrauthAddress"/>.</summary>
    PtrauthGeneric = (int)Arm64Vcpu.KVM_ARM_VCPU_PTRAUTH_GENERIC,

    /// <summary>EL2: the guest can be a hypervisor.</summary>
    HasEl2 = (int)Arm64Vcpu.KVM_ARM_VCPU_HAS_EL2,

    /// <summary>EL2 without the host extensions.</summary>
    HasEl2E2H0 = (int)Arm64Vcpu.KVM_ARM_VCPU_HAS_EL2_E2H0,
}
