namespace KvmPS.Native.Abi;

/// <summary>What KVM_CAP_X86_BUS_LOCK_EXIT takes.</summary>
public static class BusLock
{
    public const uint KVM_BUS_LOCK_DETECTION_OFF = 1;
    public const uint KVM_BUS_LOCK_DETECTION_EXIT = 2;
}
