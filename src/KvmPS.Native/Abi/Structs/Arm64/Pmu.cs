namespace KvmPS.Native.Abi.Arm64;

/// <summary>A range of events that the guest may or may not count.</summary>
/// <remarks>Used by the attribute KVM_ARM_VCPU_PMU_V3_FILTER.</remarks>
public struct kvm_pmu_event_filter
{
    public ushort base_event;
    public ushort nevents;
    public byte action;
    public Array3<byte> pad;
}
