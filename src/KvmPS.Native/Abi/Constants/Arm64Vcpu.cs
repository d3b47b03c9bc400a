namespace KvmPS.Native.Abi;

/// <summary>Targets and features of KVM_ARM_VCPU_INIT.</summary>
public static class Arm64Vcpu
{
    public const uint KVM_ARM_TARGET_AEM_V8 = 0;
    public const uint KVM_ARM_TARGET_FOUNDATION_V8 = 1;
    public const uint KVM_ARM_TARGET_CORTEX_A57 = 2;
    public const uint KVM_ARM_TARGET_XGENE_POTENZA = 3;
    public const uint KVM_ARM_TARGET_CORTEX_A53 = 4;
    public const uint KVM_ARM_TARGET_GENERIC_V8 = 5;
    public const uint KVM_ARM_VCPU_POWER_OFF = 0;
    public const uint KVM_ARM_VCPU_EL1_32BIT = 1;
    public const uint KVM_ARM_VCPU_PSCI_0_2 = 2;
    public const uint KVM_ARM_VCPU_PMU_V3 = 3;
    public const uint KVM_ARM_VCPU_SVE = 4;
    public const uint KVM_ARM_VCPU_PTRAUTH_ADDRESS = 5;
    public const uint KVM_ARM_VCPU_PTRAUTH_GENERIC = 6;
    public const uint KVM_ARM_VCPU_HAS_EL2 = 7;
    public const uint KVM_ARM_VCPU_HAS_EL2_E2H0 = 8;
}
