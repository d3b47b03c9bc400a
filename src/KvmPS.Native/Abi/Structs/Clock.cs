namespace KvmPS.Native.Abi;

/// <summary>The guest's clock, in nanoseconds, with the host's at the same moment.</summary>
/// <remarks>Used by KVM_GET_CLOCK.</remarks>
public struct kvm_clock_data
{
    /// <summary>The guest's clock in nanoseconds.</summary>
    public ulong clock;

    /// <summary>KVM_CLOCK_*: which of the other members are valid.</summary>
    public uint flags;

    public uint pad0;

    /// <summary>The host's wall clock at that moment, in nanoseconds since 1970.</summary>
    public ulong realtime;

    /// <summary>The host's time-stamp counter at that moment.</summary>
    public ulong host_tsc;

    public Array4<uint> pad;
}
