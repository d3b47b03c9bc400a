using System.Buffers.Binary;

namespace KvmPS.Native;

/// <summary>ELF files of 32 and 64 bits.</summary>
/// <seealso href="https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html">System V ABI, program header</seealso>
internal static class ElfImage
{
    private const int IdentSize = 16;
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const ushort Executable = 2;
    private const ushort Shared = 3;
    private const ushort I386 = 3;
    private const ushort X8664 = 62;
    private const ushort MaxHeaders = 1024;
    private const uint Load = 1;

    public static bool Is(ReadOnlySpan<byte> start) => start.StartsWith("\u007FELF"u8);

    public static void Plan(ImagePlan plan, ImageFile file, KvmImageOptions options)
    {
        byte[] ident = file.Read(0, IdentSize, "the ELF identification");
        if (!Is(ident))
            throw file.Malformed("it is no ELF file");
        bool wide = ident[4] == Class64;
        if (ident[4] is not (1 or Class64) || ident[5] != LittleEndian)
            throw file.Malformed($"its ELF class is {ident[4]} and its data encoding {ident[5]}, an x86 guest's are 1 or 2 and 1");
        var header = new Reader(file.Read(0, wide ? 64u : 52u, "the ELF header"), wide);
        (ushort type, ushort machine) = (header.U16(16), header.U16(18));
        if (machine is not (I386 or X8664) || (machine == X8664) != wide)
            throw file.Malformed($"it is for machine {machine} with {(wide ? 64 : 32)}-bit addresses; x86 is 62 with 64, or 3 with 32");
        if (type is not (Executable or Shared))
            throw file.Malformed($"its type is {type}: it is not linked to be run, as types 2 and 3 are");
        if (options.Address is not null && type == Executable)
            throw file.Malformed("it is linked for fixed addresses and cannot be loaded at another");
        ulong moved = options.Address ?? 0;
        plan.Format = KvmImageFormat.Elf;
        plan.Mode = wide ? KvmCpuMode.Long64 : KvmCpuMode.Protected32;
        Segment[] segments = Segments(file, header, wide);
        foreach (Segment segment in segments)
            plan.Add("LOAD", unchecked(segment.Physical + moved), segment.MemorySize, file, segment.Offset, segment.FileSize);
        plan.EntryPoint = unchecked(Entry(file, segments, header.Word(24, 24)) + moved);
        if (plan.EntryPoint >= X86Tables.Mapped)
            throw file.Malformed($"its entry point 0x{plan.EntryPoint:X} is not below 0x{X86Tables.Mapped:X}");
    }

    private static Segment[] Segments(ImageFile file, Reader header, bool wide)
    {
        ulong table = header.Word(32, 28);
        ushort size = header.U16(wide ? 54 : 42);
        ushort count = header.U16(wide ? 56 : 44);
        if (count > MaxHeaders)
            throw file.Malformed($"it has {count} program headers; {MaxHeaders} are the most that are taken");
        if (count > 0 && size != (wide ? 56 : 32))
            throw file.Malformed($"its program headers have {size} bytes each, not {(wide ? 56 : 32)}");
        byte[] bytes = file.Read(table, (ulong)size * count, "the program headers");
        Segment[] segments = [.. bytes.Chunk(Math.Max(size, (ushort)1)).Select(one => new Reader(one, wide)).Where(one => one.U32(0) == Load)
            .Select(one => new Segment(one.Word(8, 4), one.Word(16, 8), one.Word(24, 12), one.Word(32, 16), one.Word(40, 20)))
            .Where(segment => segment.MemorySize > 0 || segment.FileSize > 0)];
        return segments.Length > 0 ? segments : throw file.Malformed("it has nothing to load, no PT_LOAD segment");
    }

    // A kernel's entry is a physical address already, a program's a virtual one.
    private static ulong Entry(ImageFile file, Segment[] segments, ulong entry)
    {
        if (segments.Any(segment => entry - segment.Physical < segment.MemorySize))
            return entry;
        Segment? home = segments.FirstOrDefault(segment => entry - segment.Virtual < segment.MemorySize);
        return home is not null
            ? entry - home.Virtual + home.Physical
            : throw file.Malformed($"its entry point 0x{entry:X} is in none of its segments");
    }

    private sealed record Segment(ulong Offset, ulong Virtual, ulong Physical, ulong FileSize, ulong MemorySize);

    private readonly struct Reader(byte[] bytes, bool wide)
    {
        public ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

        public uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

        /// <summary>An address, offset or size, which lies elsewhere in the narrow layout.</summary>
        public ulong Word(int at64, int at32) => wide ? BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at64)) : U32(at32);
    }
}
