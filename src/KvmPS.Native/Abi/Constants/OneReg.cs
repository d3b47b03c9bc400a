namespace KvmPS.Native.Abi;

/// <summary>The fields of a register's id.</summary>
public static class OneReg
{
    public const ulong KVM_REG_ARCH_MASK = 0xFF00000000000000;
    public const ulong KVM_REG_PPC = 0x1000000000000000;
    public const ulong KVM_REG_X86 = 0x2000000000000000;
    public const ulong KVM_REG_ARM = 0x4000000000000000;
    public const ulong KVM_REG_S390 = 0x5000000000000000;
    public const ulong KVM_REG_ARM64 = 0x6000000000000000;
    public const ulong KVM_REG_MIPS = 0x7000000000000000;
    public const ulong KVM_REG_RISCV = 0x8000000000000000;
    public const ulong KVM_REG_LOONGARCH = 0x9000000000000000;
    public const uint KVM_REG_SIZE_SHIFT = 52;
    public const ulong KVM_REG_SIZE_MASK = 0xF0000000000000;
    public const uint KVM_REG_SIZE_U8 = 0;
    public const ulong KVM_REG_SIZE_U16 = 0x10000000000000;
    public const ulong KVM_REG_SIZE_U32 = 0x20000000000000;
    public const ulong KVM_REG_SIZE_U64 = 0x30000000000000;
    public const ulong KVM_REG_SIZE_U128 = 0x40000000000000;
    public const ulong KVM_REG_SIZE_U256 = 0x50000000000000;
    public const ulong KVM_REG_SIZE_U512 = 0x60000000000000;
    public const ulong KVM_REG_SIZE_U1024 = 0x70000000000000;
    public const ulong KVM_REG_SIZE_U2048 = 0x80000000000000;
}
