using System.Buffers.Binary;
using System.Numerics;

namespace KvmPS.Native;

/// <summary>The setup header of a Linux kernel for x86, checked.</summary>
/// <seealso href="https://docs.kernel.org/arch/x86/boot.html">1.3 Details of header fields</seealso>
internal sealed record LinuxHeader
{
    /// <summary>Where struct boot_params has it as well.</summary>
    public const int Offset = 0x1F1;

    /// <summary>What follows it there.</summary>
    public const int End = 0x290;

    private const int Sector = 512;
    private const int MagicAt = 0x202;
    private const ushort CommandLineSizeVersion = 0x206;
    private const ushort PreferredAddressVersion = 0x20A;
    private const ushort LongModeVersion = 0x20C;
    private const byte LoadedHigh = 1;
    private const ushort HasLongModeEntry = 1;

    /// <summary>Where a kernel lies that does not say.</summary>
    private const ulong HighAddress = 0x10_0000;

    /// <summary>The header's bytes, as they are in the file.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Where the protected-mode kernel begins in the file.</summary>
    public ulong KernelOffset { get; init; }

    /// <summary>Where it is loaded.</summary>
    public ulong KernelAddress { get; init; }

    /// <summary>The memory that it works in before it knows what there is.</summary>
    public ulong WorkAddress { get; init; }

    /// <summary>Its bytes; 0 where it does not say.</summary>
    public ulong WorkSize { get; init; }

    /// <summary>The mode of the entry point.</summary>
    public KvmCpuMode Mode { get; init; }

    /// <summary>The first address that an initrd may not have.</summary>
    public ulong InitrdLimit { get; init; }

    /// <summary>The longest command line in bytes, without the zero behind it.</summary>
    public uint CommandLineSize { get; init; }

    public static bool Is(ReadOnlySpan<byte> start) =>
        start.Length >= MagicAt + 4 && start[MagicAt..].StartsWith("HdrS"u8) && start[0x1FE] == 0x55 && start[0x1FF] == 0xAA;

    /// <summary>A header for a kernel without one.</summary>
    /// <remarks>COMMAND_LINE_SIZE is 2048 on x86, and kernels of today take an initrd anywhere below 2 GiB.</remarks>
    public static LinuxHeader OfVmlinux()
    {
        byte[] bytes = new byte[End - Offset];
        bytes[0x1FE - Offset] = 0x55;
        bytes[0x1FF - Offset] = 0xAA;
        "HdrS"u8.CopyTo(bytes.AsSpan(MagicAt - Offset));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x206 - Offset), LongModeVersion);
        bytes[0x211 - Offset] = LoadedHigh;
        return new LinuxHeader { Bytes = bytes, InitrdLimit = 1ul << 31, CommandLineSize = 2047 };
    }

    public static LinuxHeader Parse(ImageFile file, ulong? address)
    {
        byte[] start = file.Read(0, Math.Min(file.Length, End), "the setup header");
        if (!Is(start))
            throw file.Malformed("it has no Linux setup header (0xAA55 at 0x1FE, HdrS at 0x202)");
        // What a short file does not have reads as zeros; its kernel is missing anyway.
        Array.Resize(ref start, End);
        ushort version = U16(start, 0x206);
        if (version < CommandLineSizeVersion)
            throw file.Malformed($"it has boot protocol {version >> 8}.{version & 0xFF:00}; 2.06 is the oldest that can be booted");
        if ((start[0x211] & LoadedHigh) == 0)
            throw file.Malformed("it is a zImage, which is loaded into low memory; a bzImage is needed");
        ulong sectors = start[Offset] == 0 ? 4u : start[Offset];
        ulong offset = (sectors + 1) * Sector;
        file.ThrowUnlessInside(offset, Math.Max(1, U32(start, 0x1F4) * 16ul), "the kernel");
        int end = Math.Min(0x202 + start[0x201], End);
        bool wide = version >= LongModeVersion && (U16(start, 0x236) & HasLongModeEntry) != 0;
        var header = new LinuxHeader
        {
            Bytes = start[Offset..end],
            KernelOffset = offset,
            Mode = wide ? KvmCpuMode.Long64 : KvmCpuMode.Protected32,
            InitrdLimit = (ulong)U32(start, 0x22C) + 1,
            CommandLineSize = U32(start, 0x238),
        };
        return Place(header, file, start, version, address);
    }

    private static LinuxHeader Place(LinuxHeader header, ImageFile file, byte[] start, ushort version, ulong? address)
    {
        bool relocatable = start[0x234] != 0;
        ulong alignment = U32(start, 0x230);
        if (address is not null && !relocatable)
            throw file.Malformed("it is not relocatable and cannot be loaded at another address");
        if (relocatable && !BitOperations.IsPow2(alignment))
            throw file.Malformed($"its alignment 0x{alignment:X} is no power of two");
        ulong preferred = version >= PreferredAddressVersion ? U64(start, 0x258) : HighAddress;
        ulong load = address ?? (relocatable ? preferred : HighAddress);
        if (relocatable && (load & (alignment - 1)) != 0)
            throw file.Malformed($"0x{load:X} is no multiple of its alignment 0x{alignment:X}");
        // A kernel that is loaded lower moves itself to its preferred address.
        ulong work = Math.Max(load, preferred);
        ulong size = version >= PreferredAddressVersion ? U32(start, 0x260) : 0;
        ulong last = work > load ? work : load;
        if (load < HighAddress || last >= X86Tables.Mapped || size > X86Tables.Mapped - last)
            throw file.Malformed($"at 0x{load:X}, with 0x{size:X} bytes to work in from 0x{work:X} on, it is not between 1 MiB and 4 GiB");
        return header with { KernelAddress = load, WorkAddress = work, WorkSize = size };
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));

    private static ulong U64(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
