namespace KvmPS.Native;

/// <summary>What a file is that a guest is started from.</summary>
public enum KvmImageFormat
{
    /// <summary>What its first bytes say: ELF or Linux; Flat where they say neither.</summary>
    Auto,

    /// <summary>The guest's memory, byte for byte.</summary>
    Flat,

    /// <summary>An ELF file: its PT_LOAD segments at their physical addresses.</summary>
    Elf,

    /// <summary>A Linux kernel: a bzImage, or a vmlinux.</summary>
    Linux,
}
