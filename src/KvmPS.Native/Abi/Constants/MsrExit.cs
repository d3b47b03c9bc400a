namespace KvmPS.Native.Abi;

/// <summary>
/// Causes of <see cref="ExitReason.Rdmsr"/> and <see cref="ExitReason.Wrmsr"/>, and what
/// KVM_CAP_X86_USER_SPACE_MSR takes.
/// </summary>
public static class MsrExit
{
    public const uint KVM_MSR_EXIT_REASON_INVAL = 1;
    public const uint KVM_MSR_EXIT_REASON_UNKNOWN = 2;
    public const uint KVM_MSR_EXIT_REASON_FILTER = 4;
}
