namespace KvmPS.Native;

/// <summary>What <see cref="KvmVm.ImportImage"/> shall load, and how.</summary>
public sealed record KvmImageOptions
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>What the file is.</summary>
    public KvmImageFormat Format { get; init; }

    /// <summary>
    /// Where it is loaded, guest-physical. Needed for <see cref="KvmImageFormat.Flat"/>; position-independent ELF files are
    /// moved by it, relocatable kernels (boot protocol 2.05) loaded there; others have their own address.
    /// </summary>
    public ulong? Address { get; init; }

    /// <summary>How the vCPU begins; ELF files and kernels say that themselves. Flat: by default <see cref="KvmCpuMode.Real16"/>.</summary>
    public KvmCpuMode? Mode { get; init; }

    /// <summary>The kernel's command line.</summary>
    public string? CommandLine { get; init; }

    /// <summary>A file that the kernel gets as its initrd.</summary>
    public string? InitrdPath { get; init; }

    /// <summary>The vCPU whose registers are set; null: none.</summary>
    public KvmVcpu? Vcpu { get; init; }
}
