namespace KvmPS.Native.Abi;

/// <summary>Architectures that the kernel's KVM runs on.</summary>
[Flags]
public enum Arch : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>x86-64.</summary>
    X86 = 1,

    /// <summary>64-bit Arm.</summary>
    Arm64 = 2,

    /// <summary>IBM Z.</summary>
    S390 = 4,

    /// <summary>64-bit Power.</summary>
    PowerPC = 8,

    /// <summary>64-bit RISC-V.</summary>
    RiscV = 16,

    /// <summary>64-bit LoongArch.</summary>
    LoongArch = 32,

    /// <summary>64-bit MIPS.</summary>
    Mips = 64,

    /// <summary>Every architecture.</summary>
    All = X86 | Arm64 | S390 | PowerPC | RiscV | LoongArch | Mips,
}
