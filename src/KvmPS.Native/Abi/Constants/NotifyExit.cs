namespace KvmPS.Native.Abi;

/// <summary>Flags of <see cref="ExitReason.Notify"/>, and what KVM_CAP_X86_NOTIFY_VMEXIT takes.</summary>
public static class NotifyExit
{
    public const uint KVM_NOTIFY_CONTEXT_INVALID = 1;
    public const uint KVM_X86_NOTIFY_VMEXIT_ENABLED = 1;
    public const uint KVM_X86_NOTIFY_VMEXIT_USER = 2;
}
