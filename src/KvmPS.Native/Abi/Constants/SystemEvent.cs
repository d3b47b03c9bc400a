namespace KvmPS.Native.Abi;

/// <summary>Types of <see cref="ExitReason.SystemEvent"/>, and flags on arm64.</summary>
public static class SystemEvent
{
    public const uint KVM_SYSTEM_EVENT_SHUTDOWN = 1;
    public const uint KVM_SYSTEM_EVENT_RESET = 2;
    public const uint KVM_SYSTEM_EVENT_CRASH = 3;
    public const uint KVM_SYSTEM_EVENT_WAKEUP = 4;
    public const uint KVM_SYSTEM_EVENT_SUSPEND = 5;
    public const uint KVM_SYSTEM_EVENT_SEV_TERM = 6;
    public const uint KVM_SYSTEM_EVENT_TDX_FATAL = 7;
    public const uint KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2 = 1;
    public const uint KVM_SYSTEM_EVENT_SHUTDOWN_FLAG_PSCI_OFF2 = 1;
}
