namespace KvmPS.Native.Abi;

/// <summary>Flags and limits of KVM_X86_SET_MSR_FILTER.</summary>
public static class MsrFilter
{
    public const uint KVM_MSR_FILTER_READ = 1;
    public const uint KVM_MSR_FILTER_WRITE = 2;
    public const uint KVM_MSR_FILTER_MAX_RANGES = 16;
    public const uint KVM_MSR_FILTER_DEFAULT_ALLOW = 0;
    public const uint KVM_MSR_FILTER_DEFAULT_DENY = 1;
}
