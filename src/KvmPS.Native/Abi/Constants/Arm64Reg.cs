namespace KvmPS.Native.Abi;

/// <summary>The fields of a register's id on arm64.</summary>
public static class Arm64Reg
{
    public const uint KVM_REG_ARM_COPROC_MASK = 0xFFF0000;
    public const uint KVM_REG_ARM_COPROC_SHIFT = 16;
    public const uint KVM_REG_ARM_CORE = 0x100000;
    public const uint KVM_REG_ARM_DEMUX = 0x110000;
    public const uint KVM_REG_ARM64_SYSREG = 0x130000;
    public const uint KVM_REG_ARM64_SYSREG_OP0_MASK = 0xC000;
    public const uint KVM_REG_ARM64_SYSREG_OP0_SHIFT = 14;
    public const uint KVM_REG_ARM64_SYSREG_OP1_MASK = 0x3800;
    public const uint KVM_REG_ARM64_SYSREG_OP1_SHIFT = 11;
    public const uint KVM_REG_ARM64_SYSREG_CRN_MASK = 0x780;
    public const uint KVM_REG_ARM64_SYSREG_CRN_SHIFT = 7;
    public const uint KVM_REG_ARM64_SYSREG_CRM_MASK = 0x78;
    public const uint KVM_REG_ARM64_SYSREG_CRM_SHIFT = 3;
    public const uint KVM_REG_ARM64_SYSREG_OP2_MASK = 7;
    public const uint KVM_REG_ARM64_SYSREG_OP2_SHIFT = 0;
    public const ulong KVM_REG_ARM_PTIMER_CTL = 0x603000000013DF11;
    public const ulong KVM_REG_ARM_PTIMER_CVAL = 0x603000000013DF12;
    public const ulong KVM_REG_ARM_PTIMER_CNT = 0x603000000013DF01;
    public const ulong KVM_REG_ARM_TIMER_CTL = 0x603000000013DF19;
    public const ulong KVM_REG_ARM_TIMER_CVAL = 0x603000000013DF02;
    public const ulong KVM_REG_ARM_TIMER_CNT = 0x603000000013DF1A;
    public const uint KVM_REG_ARM_FW = 0x140000;
    public const uint KVM_REG_ARM64_SVE = 0x150000;
    public const uint KVM_REG_ARM_FW_FEAT_BMAP = 0x160000;
}
