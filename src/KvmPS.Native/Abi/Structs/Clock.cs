namespace KvmPS.Native.Abi;

/// <summary>The guest's clock, in nanoseconds, with the host's at the same moment.</summary>
/// <remarks>Used by KVM_GET_CLOCK.</remarks>
public struct kvm_clock_data
{
    public ulong clock;
    public uint flags;
    public uint pad0;
    public ulong realtime;
    public ulong host_tsc;
    public Array4<uint> pad;
}
