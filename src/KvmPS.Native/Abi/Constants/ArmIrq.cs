namespace KvmPS.Native.Abi;

/// <summary>The fields of a line in KVM_IRQ_LINE on arm64.</summary>
public static class ArmIrq
{
    public const uint KVM_ARM_IRQ_VCPU2_SHIFT = 28;
    public const uint KVM_ARM_IRQ_VCPU2_MASK = 0xF;
    public const uint KVM_ARM_IRQ_TYPE_SHIFT = 24;
    public const uint KVM_ARM_IRQ_TYPE_MASK = 0xF;
    public const uint KVM_ARM_IRQ_VCPU_SHIFT = 16;
    public const uint KVM_ARM_IRQ_VCPU_MASK = 0xFF;
    public const uint KVM_ARM_IRQ_NUM_SHIFT = 0;
    public const uint KVM_ARM_IRQ_NUM_MASK = 0xFFFF;
    public const uint KVM_ARM_IRQ_TYPE_CPU = 0;
    public const uint KVM_ARM_IRQ_TYPE_SPI = 1;
    public const uint KVM_ARM_IRQ_TYPE_PPI = 2;
    public const uint KVM_ARM_IRQ_CPU_IRQ = 0;
    public const uint KVM_ARM_IRQ_CPU_FIQ = 1;
}
