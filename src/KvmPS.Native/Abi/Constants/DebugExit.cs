namespace KvmPS.Native.Abi;

/// <summary>Flags of <see cref="ExitReason.Debug"/> on arm64.</summary>
public static class DebugExit
{
    public const uint KVM_DEBUG_ARCH_HSR_HIGH_VALID = 1;
}
