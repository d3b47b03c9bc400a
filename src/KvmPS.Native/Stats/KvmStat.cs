namespace KvmPS.Native;

/// <summary>How a counter of KVM's behaves.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.133 KVM_GET_STATS_FD</seealso>
public enum KvmStatType
{
    /// <summary>It only grows.</summary>
    Cumulative = 0,

    /// <summary>It tells how things are now.</summary>
    Instant = 1,

    /// <summary>It tells the highest value that there was.</summary>
    Peak = 2,

    /// <summary>How often a value fell between multiples of a width.</summary>
    LinearHistogram = 3,

    /// <summary>How often a value fell between powers of two.</summary>
    LogHistogram = 4,
}

/// <summary>A counter, as it was at one moment.</summary>
public sealed record KvmStat
{
    /// <summary>Its name, as the kernel has it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// A ulong in <see cref="Unit"/>s; a bool where that is what it means; a <see cref="KvmStatBucket"/>[] of a histogram;
    /// a ulong[] where there are several of one name.
    /// </summary>
    public required object Value { get; init; }

    /// <summary>How it behaves; null where debugfs is the source, which does not tell.</summary>
    public required KvmStatType? Type { get; init; }

    /// <summary>What it counts in: B, KiB, s, ns, cycles, bool; empty for plain numbers; null where the source does not tell.</summary>
    public required string? Unit { get; init; }

    /// <summary>What it is about: Vm or Vcpu.</summary>
    public required string Scope { get; init; }

    /// <summary>Whose it is: a <see cref="KvmVm"/> or <see cref="KvmVcpu"/>, or how the kernel calls that of another process.</summary>
    public required object Target { get; init; }

    /// <summary>When it was read.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where it was read: KVM_GET_STATS_FD, pidfd_getfd or debugfs.</summary>
    public required string Source { get; init; }

    /// <summary>By how much it grew per second since it was read before; null the first time, and of what does not grow.</summary>
    public double? Rate { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} of {Target}";

    /// <summary>The same with the rate since it was read before.</summary>
    /// <param name="earlier">The same counter, read before.</param>
    public KvmStat Since(KvmStat earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        double seconds = (Time - earlier.Time).TotalSeconds;
        // debugfs does not tell what only grows; what shrank does not.
        return Type is KvmStatType.Cumulative or null && Value is ulong now && earlier.Value is ulong before && now >= before && seconds > 0
            ? this with { Rate = (now - before) / seconds }
            : this;
    }
}

/// <summary>How often a value fell into one range of a histogram.</summary>
/// <param name="From">The lowest value of the range.</param>
/// <param name="To">The lowest value above it; null where it has no end.</param>
/// <param name="Count">How often.</param>
public sealed record KvmStatBucket(ulong From, ulong? To, ulong Count)
{
    /// <inheritdoc/>
    public override string ToString() => To is { } to ? $"{From}..{to - 1}: {Count}" : $"{From}..: {Count}";
}
