namespace KvmPS.Native.Abi;

/// <summary>Reasons of <see cref="ExitReason.FailEntry"/> on arm64.</summary>
public static class FailEntry
{
    public const uint KVM_EXIT_FAIL_ENTRY_CPU_UNSUPPORTED = 1;
}
