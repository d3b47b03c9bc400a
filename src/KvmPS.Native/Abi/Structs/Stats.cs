namespace KvmPS.Native.Abi;

/// <summary>The head of a statistics file. Offsets are bytes from the file's start.</summary>
/// <remarks>Used by KVM_GET_STATS_FD.</remarks>
public struct kvm_stats_header
{
    public uint flags;
    public uint name_size;
    public uint num_desc;
    public uint id_offset;
    public uint desc_offset;
    public uint data_offset;
}

/// <summary>
/// Describes one value, followed by its name of <c>name_size</c> bytes. A value is <c>value * base ** exponent</c>
/// units.
/// </summary>
/// <remarks>Used by KVM_GET_STATS_FD.</remarks>
public struct kvm_stats_desc
{
    public uint flags;
    public short exponent;
    public ushort size;
    public uint offset;
    public uint bucket_size;
}
