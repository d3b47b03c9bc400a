namespace KvmPS.Native.Abi;

/// <summary>Types of <see cref="ExitReason.Hyperv"/>.</summary>
public static class HyperVExit
{
    public const uint KVM_EXIT_HYPERV_SYNIC = 1;
    public const uint KVM_EXIT_HYPERV_HCALL = 2;
    public const uint KVM_EXIT_HYPERV_SYNDBG = 3;
}
