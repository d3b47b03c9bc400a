using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>What a file of counters says about itself. It is checked before anything is believed of it.</summary>
/// <remarks>Its numbers come from a kernel that may be newer than this code, or from a descriptor that is none of KVM's.</remarks>
internal sealed class StatsLayout
{
    // The longest file of Linux 7.2 has some ten kilobytes.
    private const long LongestFile = 1 << 20;
    private const uint LongestName = 1 << 10;

    private readonly Counter[] counters;

    private StatsLayout(string id, Counter[] counters, int start, int length)
    {
        Id = id;
        this.counters = counters;
        Start = start;
        Length = length;
    }

    /// <summary>What the kernel calls the object: kvm-PID, kvm-PID/vcpu-N.</summary>
    public string Id { get; }

    /// <summary>Where the values begin, in bytes from the start of the file.</summary>
    public int Start { get; }

    /// <summary>How many bytes the values have.</summary>
    public int Length { get; }

    /// <summary>How long the part before the values is; 0 where this cannot be the head of a file of counters.</summary>
    public static int HeadLength(ReadOnlySpan<byte> header)
    {
        var head = MemoryMarshal.Read<kvm_stats_header>(header);
        long end = Math.Max(head.id_offset + (long)head.name_size, head.desc_offset + (head.num_desc * DescriptorLength(head)));
        return head.flags == 0 && head.name_size is > 0 and <= LongestName && head.num_desc > 0
            && head.id_offset >= header.Length && head.desc_offset >= header.Length && end <= LongestFile ? (int)end : 0;
    }

    /// <summary>Reads the head of a file.</summary>
    /// <param name="file">It, at least as long as <see cref="HeadLength"/> said.</param>
    /// <exception cref="FormatException">It contradicts itself.</exception>
    public static StatsLayout Parse(ReadOnlySpan<byte> file)
    {
        var head = MemoryMarshal.Read<kvm_stats_header>(file);
        // It was read again with what is behind it, and may be another one by now.
        if (HeadLength(file[..Unsafe.SizeOf<kvm_stats_header>()]) is var length && (length == 0 || length > file.Length))
            throw new FormatException("its header is none that is known");
        var counters = new Counter[head.num_desc];
        uint end = 0;
        long size = 0;
        for (int i = 0; i < counters.Length; i++)
        {
            ReadOnlySpan<byte> text = file.Slice((int)(head.desc_offset + (i * DescriptorLength(head))), (int)DescriptorLength(head));
            var descriptor = MemoryMarshal.Read<kvm_stats_desc>(text);
            string name = Name(text[Unsafe.SizeOf<kvm_stats_desc>()..]);
            if (name.Length == 0 || descriptor.size == 0 || descriptor.offset % sizeof(ulong) != 0 || descriptor.offset > LongestFile)
                throw new FormatException($"the counter {i} ('{name}') has {descriptor.size} values at {descriptor.offset}");
            counters[i] = new Counter(name, descriptor);
            end = Math.Max(end, descriptor.offset + (uint)(descriptor.size * sizeof(ulong)));
            // Counters that lie in each other make no file longer.
            size += descriptor.size * sizeof(ulong);
        }
        if (size > LongestFile)
            throw new FormatException($"its counters have {size} bytes");
        return head.data_offset < Unsafe.SizeOf<kvm_stats_header>() || head.data_offset > LongestFile
            ? throw new FormatException($"the values begin at {head.data_offset}")
            : new StatsLayout(Name(file.Slice((int)head.id_offset, (int)head.name_size)), counters, (int)head.data_offset, (int)end);
    }

    /// <summary>The counters, of values that were read in one go.</summary>
    public KvmStat[] Read(ReadOnlySpan<byte> values, string scope, object target, string source)
    {
        DateTimeOffset now = DateTimeOffset.Now;
        var stats = new KvmStat[counters.Length];
        for (int i = 0; i < stats.Length; i++)
        {
            kvm_stats_desc descriptor = counters[i].Descriptor;
            var type = (KvmStatType)((descriptor.flags & StatsFlags.KVM_STATS_TYPE_MASK) >> (int)StatsFlags.KVM_STATS_TYPE_SHIFT);
            stats[i] = new KvmStat
            {
                Name = counters[i].Name,
                Type = type,
                Unit = Unit(descriptor),
                Value = Value(descriptor, type, values[(int)descriptor.offset..]),
                Scope = scope,
                Target = target,
                Time = now,
                Source = source,
            };
        }
        return stats;
    }

    private static long DescriptorLength(kvm_stats_header head) => Unsafe.SizeOf<kvm_stats_desc>() + (long)head.name_size;

    private static string Name(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
    }

    private static object Value(kvm_stats_desc descriptor, KvmStatType type, ReadOnlySpan<byte> bytes)
    {
        var values = new ulong[descriptor.size];
        for (int i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        return type switch
        {
            KvmStatType.LinearHistogram => Buckets(values, i => (ulong)i * descriptor.bucket_size),
            KvmStatType.LogHistogram => Buckets(values, i => i == 0 ? 0 : i > 64 ? ulong.MaxValue : 1UL << (i - 1)),
            _ when values.Length > 1 => values,
            _ => (descriptor.flags & StatsFlags.KVM_STATS_UNIT_MASK) == StatsFlags.KVM_STATS_UNIT_BOOLEAN ? values[0] != 0 : values[0],
        };
    }

    // The last bucket has all that is above.
    private static KvmStatBucket[] Buckets(ulong[] counts, Func<int, ulong> from) =>
        [.. counts.Select((count, i) => new KvmStatBucket(from(i), i + 1 < counts.Length ? from(i + 1) : null, count))];

    private static string Unit(kvm_stats_desc descriptor)
    {
        uint number = descriptor.flags & StatsFlags.KVM_STATS_UNIT_MASK;
        string unit = number switch
        {
            StatsFlags.KVM_STATS_UNIT_NONE => "",
            StatsFlags.KVM_STATS_UNIT_BYTES => "B",
            StatsFlags.KVM_STATS_UNIT_SECONDS => "s",
            StatsFlags.KVM_STATS_UNIT_CYCLES => "cycles",
            StatsFlags.KVM_STATS_UNIT_BOOLEAN => "bool",
            _ => $"unit {number >> (int)StatsFlags.KVM_STATS_UNIT_SHIFT}",
        };
        return ((descriptor.flags & StatsFlags.KVM_STATS_BASE_MASK), descriptor.exponent) switch
        {
            (_, 0) => unit,
            (StatsFlags.KVM_STATS_BASE_POW10, -9) => "n" + unit,
            (StatsFlags.KVM_STATS_BASE_POW10, -6) => "µ" + unit,
            (StatsFlags.KVM_STATS_BASE_POW10, -3) => "m" + unit,
            (StatsFlags.KVM_STATS_BASE_POW2, 10) => "Ki" + unit,
            (StatsFlags.KVM_STATS_BASE_POW2, 20) => "Mi" + unit,
            (StatsFlags.KVM_STATS_BASE_POW2, 30) => "Gi" + unit,
            (StatsFlags.KVM_STATS_BASE_POW10, var exponent) => $"10^{exponent} {unit}".TrimEnd(),
            (StatsFlags.KVM_STATS_BASE_POW2, var exponent) => $"2^{exponent} {unit}".TrimEnd(),
            (var other, var exponent) => $"base {other >> (int)StatsFlags.KVM_STATS_BASE_SHIFT}^{exponent} {unit}".TrimEnd(),
        };
    }

    private readonly record struct Counter(string Name, kvm_stats_desc Descriptor);
}
