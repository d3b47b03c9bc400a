namespace KvmPS.Native.Abi.X86;

/// <summary>The head of a filter, followed by <c>nevents</c> 64-bit events.</summary>
/// <remarks>Used by KVM_SET_PMU_EVENT_FILTER.</remarks>
public struct kvm_pmu_event_filter
{
    public uint action;
    public uint nevents;
    public uint fixed_counter_bitmap;
    public uint flags;
    public Array4<uint> pad;
}
