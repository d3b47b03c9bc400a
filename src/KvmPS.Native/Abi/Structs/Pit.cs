namespace KvmPS.Native.Abi;

/// <summary>Flags of a new timer chip.</summary>
/// <remarks>Used by KVM_CREATE_PIT2.</remarks>
public struct kvm_pit_config
{
    public uint flags;
    public Array15<uint> pad;
}

/// <summary>The state of one of the timer chip's channels. Times are nanoseconds.</summary>
/// <remarks>Used by KVM_GET_PIT.</remarks>
public struct kvm_pit_channel_state
{
    public uint count;
    public ushort latched_count;
    public byte count_latched;
    public byte status_latched;
    public byte status;
    public byte read_state;
    public byte write_state;
    public byte write_latch;
    public byte rw_mode;
    public byte mode;
    public byte bcd;
    public byte gate;
    public long count_load_time;
}

/// <summary>The state of the timer chip.</summary>
/// <remarks>Used by KVM_GET_PIT.</remarks>
public struct kvm_pit_state
{
    public Array3<kvm_pit_channel_state> channels;
}

/// <summary>The state of the timer chip with its flags.</summary>
/// <remarks>Used by KVM_GET_PIT2.</remarks>
public struct kvm_pit_state2
{
    public Array3<kvm_pit_channel_state> channels;
    public uint flags;
    public Array9<uint> reserved;
}

/// <summary>Whether missed ticks are injected later.</summary>
/// <remarks>Used by KVM_REINJECT_CONTROL.</remarks>
public struct kvm_reinject_control
{
    public byte pit_reinject;
    public Array31<byte> reserved;
}
