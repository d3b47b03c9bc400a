namespace KvmPS.Native;

/// <summary>A guest's program as it was loaded: a snapshot.</summary>
public sealed class KvmImage
{
    internal KvmImage(KvmVm vm, KvmImageOptions options, ImagePlan plan)
    {
        Vm = vm;
        Vcpu = options.Vcpu;
        Path = options.Path;
        Format = plan.Format;
        Mode = plan.Mode;
        EntryPoint = plan.EntryPoint;
        BootParameters = plan.BootParameters;
        CommandLine = options.CommandLine;
        InitrdPath = options.InitrdPath;
        Segments = plan.Segments;
    }

    /// <summary>The VM that has it in its memory.</summary>
    public KvmVm Vm { get; }

    /// <summary>The vCPU that begins with it; null where no registers were set.</summary>
    public KvmVcpu? Vcpu { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What the file is.</summary>
    public KvmImageFormat Format { get; }

    /// <summary>How the vCPU begins.</summary>
    public KvmCpuMode Mode { get; }

    /// <summary>The guest-physical address of the first instruction.</summary>
    public ulong EntryPoint { get; }

    /// <summary>Where the kernel finds struct boot_params; null for what is no kernel.</summary>
    public ulong? BootParameters { get; }

    /// <summary>The kernel's command line.</summary>
    public string? CommandLine { get; }

    /// <summary>The initrd's file.</summary>
    public string? InitrdPath { get; }

    /// <summary>What was written where, by address.</summary>
    public IReadOnlyList<KvmImageSegment> Segments { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Path} in {Vm}";
}

/// <summary>A range of guest memory that loading an image filled.</summary>
/// <param name="Name">What is there: Code, Kernel, Initrd, CommandLine, BootParameters, Gdt, PageTables; LOAD for a segment of an ELF file.</param>
/// <param name="GuestAddress">The guest-physical address of its first byte.</param>
/// <param name="Size">Its bytes; what the file does not have of them are zeros.</param>
public sealed record KvmImageSegment(string Name, ulong GuestAddress, ulong Size)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} 0x{GuestAddress:X}+0x{Size:X}";
}
