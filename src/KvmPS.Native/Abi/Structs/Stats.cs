namespace KvmPS.Native.Abi;

/// <summary>The head of a statistics file. Offsets are bytes from the file's start.</summary>
/// <remarks>Used by KVM_GET_STATS_FD.</remarks>
public struct kvm_stats_header
{
    public uint flags;

    /// <summary>The bytes of a name, with its padding.</summary>
    public uint name_size;

    /// <summary>How many descriptors there are.</summary>
    public uint num_desc;

    /// <summary>Where the object's id stands, as text.</summary>
    public uint id_offset;

    /// <summary>Where the first descriptor stands.</summary>
    public uint desc_offset;

    /// <summary>Where the values stand.</summary>
    public uint data_offset;
}

/// <summary>
/// Describes one value, followed by its name of <c>name_size</c> bytes. A value is <c>value * base ** exponent</c>
/// units.
/// </summary>
/// <remarks>Used by KVM_GET_STATS_FD.</remarks>
public struct kvm_stats_desc
{
    /// <summary>Type, unit and base: <see cref="StatsFlags"/>.</summary>
    public uint flags;

    /// <summary>The power of the base that a value is multiplied by.</summary>
    public short exponent;

    /// <summary>How many 64-bit values there are.</summary>
    public ushort size;

    /// <summary>Where they stand, from <c>data_offset</c> on.</summary>
    public uint offset;

    /// <summary>The width of a bucket of a linear histogram.</summary>
    public uint bucket_size;
}
