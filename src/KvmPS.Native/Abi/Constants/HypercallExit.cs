namespace KvmPS.Native.Abi;

/// <summary>Flags of <see cref="ExitReason.Hypercall"/> on arm64.</summary>
public static class HypercallExit
{
    public const uint KVM_HYPERCALL_EXIT_SMC = 1;
    public const uint KVM_HYPERCALL_EXIT_16BIT = 2;
}
