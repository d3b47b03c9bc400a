namespace KvmPS.Native.Abi;

/// <summary>Flags of <see cref="ExitReason.Hypercall"/>: of x86, and of arm64.</summary>
public static class HypercallExit
{
    public const uint KVM_EXIT_HYPERCALL_LONG_MODE = 1;
    public const uint KVM_HYPERCALL_EXIT_SMC = 1;
    public const uint KVM_HYPERCALL_EXIT_16BIT = 2;
}
