using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>What will be written to guest memory, complete and checked before the first byte is.</summary>
internal sealed class ImagePlan(KvmVm vm)
{
    public const string Operation = nameof(KvmVm.ImportImage);

    private const ulong Page = 0x1000;
    private const int Chunk = 4 << 20;

    private readonly List<Piece> pieces = [];
    private readonly List<(string Name, ulong Address, ulong Size)> taken = [];

    public KvmImageFormat Format { get; set; }

    public KvmCpuMode Mode { get; set; }

    public ulong EntryPoint { get; set; }

    public ulong? BootParameters { get; set; }

    /// <summary>Where the stack ends in the beginning.</summary>
    public ulong Stack { get; set; }

    public X86Tables? Tables { get; set; }

    public IReadOnlyList<KvmImageSegment> Segments =>
        [.. pieces.OrderBy(piece => piece.Address).Select(piece => new KvmImageSegment(piece.Name, piece.Address, piece.Size))];

    /// <summary>A part of a file, with zeros behind it up to the size.</summary>
    public void Add(string name, ulong address, ulong size, ImageFile file, ulong offset, ulong length)
    {
        file.ThrowUnlessInside(offset, length, name);
        if (length > size)
            throw file.Malformed($"{name} has 0x{length:X} bytes in the file, but only 0x{size:X} in memory");
        if (size == 0)
            return;
        if (address > ulong.MaxValue - size)
            throw file.Malformed($"{name}, 0x{size:X} bytes at 0x{address:X}, goes beyond the last address");
        if (taken.FirstOrDefault(other => Overlap(other, address, size)) is { Size: > 0 } other)
            throw file.Malformed($"{name} at 0x{address:X}, 0x{size:X} bytes, overlaps {other.Name} at 0x{other.Address:X}, 0x{other.Size:X} bytes");
        pieces.Add(new Piece(name, address, size) { File = file, Offset = offset, Length = length });
        taken.Add((name, address, size));
    }

    /// <summary>Bytes of our own, at a place that <see cref="Lowest"/> found.</summary>
    public void Add(string name, ulong address, byte[] bytes)
    {
        pieces.Add(new Piece(name, address, (ulong)bytes.Length) { Bytes = bytes, Length = (ulong)bytes.Length });
        taken.Add((name, address, (ulong)bytes.Length));
    }

    /// <summary>Keeps a range free of what is still to be placed; it has to be memory.</summary>
    public void Reserve(string name, ulong address, ulong size)
    {
        vm.ThrowIfNotWritable(address, size);
        taken.Add((name, address, size));
    }

    /// <summary>The lowest page from which on so many bytes are free.</summary>
    public ulong Lowest(string name, ulong size, ulong limit)
    {
        // Page 0 is the real mode's: vectors, and the BIOS's data that kernels look at.
        IEnumerable<ulong> starts = Usable.Select(slot => Math.Max(slot.GuestAddress, Page)).Concat(taken.Select(range => range.Address + range.Size));
        foreach (ulong start in starts.Select(start => (start + Page - 1) & ~(Page - 1)).Order())
        {
            if (IsFree(start, size, limit))
                return start;
        }
        throw NoRoom(name, size, limit);
    }

    /// <summary>The highest page from which on so many bytes are free.</summary>
    public ulong Highest(string name, ulong size, ulong limit)
    {
        IEnumerable<ulong> ends = Usable.Select(slot => slot.End - 1).Concat(taken.Select(range => range.Address - 1)).Append(limit - 1);
        foreach (ulong end in ends.Where(end => end >= size).OrderDescending())
        {
            ulong start = (end - size + 1) & ~(Page - 1);
            if (IsFree(start, size, limit))
                return start;
        }
        throw NoRoom(name, size, limit);
    }

    public KvmException Refused(Errno errno, string problem) => new(Operation, errno, vm, $"{vm}: {problem}.");

    /// <summary>Throws where not all of it is memory that can be written.</summary>
    public void ThrowIfNotWritable()
    {
        foreach (Piece piece in pieces)
            vm.ThrowIfNotWritable(piece.Address, piece.Size);
    }

    public void Write(IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
    {
        ulong total = pieces.Aggregate(0ul, (sum, piece) => sum + piece.Size);
        ulong done = 0;
        byte[] buffer = new byte[Math.Min(Chunk, pieces.Max(piece => piece.Size))];
        foreach (Piece piece in pieces)
        {
            for (ulong at = 0; at < piece.Size; at += Chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                Span<byte> part = buffer.AsSpan(0, (int)Math.Min(Chunk, piece.Size - at));
                piece.Read(at, part);
                vm.WriteMemory(piece.Address + at, part, cancellation);
                done += (ulong)part.Length;
                progress?.Report(((long)done, (long)total));
            }
        }
    }

    private IEnumerable<KvmMemory> Usable => vm.Memory.Where(slot => !slot.Flags.HasFlag(KvmMemoryFlags.ReadOnly));

    private bool IsFree(ulong start, ulong size, ulong limit) =>
        start <= limit && size <= limit - start
        && Usable.Any(slot => start >= slot.GuestAddress && start - slot.GuestAddress <= slot.Size && size <= slot.Size - (start - slot.GuestAddress))
        && !taken.Any(other => Overlap(other, start, size));

    private KvmException NoRoom(string name, ulong size, ulong limit) => Refused(
        Errno.ENOSPC, $"there is no room for {name}, 0x{size:X} bytes, in the memory below 0x{limit:X} that the image leaves free");

    private static bool Overlap((string Name, ulong Address, ulong Size) other, ulong address, ulong size) =>
        other.Size > 0 && other.Address <= address + (size - 1) && address <= other.Address + (other.Size - 1);

    private sealed record Piece(string Name, ulong Address, ulong Size)
    {
        public ImageFile? File { get; init; }

        public ulong Offset { get; init; }

        public ulong Length { get; init; }

        public byte[] Bytes { get; init; } = [];

        public void Read(ulong at, Span<byte> part)
        {
            int there = at < Length ? (int)Math.Min((ulong)part.Length, Length - at) : 0;
            part[there..].Clear();
            if (there == 0)
                return;
            if (File is null)
                Bytes.AsSpan((int)at, there).CopyTo(part);
            else
                File.ReadExactly(Offset + at, part[..there]);
        }
    }
}
