namespace KvmPS.Native.Abi;

/// <summary>Types of <see cref="ExitReason.Xen"/>.</summary>
public static class XenExit
{
    public const uint KVM_EXIT_XEN_HCALL = 1;
}
