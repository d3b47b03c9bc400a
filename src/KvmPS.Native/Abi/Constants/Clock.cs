namespace KvmPS.Native.Abi;

/// <summary>Flags of KVM_GET_CLOCK and KVM_SET_CLOCK.</summary>
public static class Clock
{
    public const uint KVM_CLOCK_TSC_STABLE = 2;
    public const uint KVM_CLOCK_REALTIME = 4;
    public const uint KVM_CLOCK_HOST_TSC = 8;
}
