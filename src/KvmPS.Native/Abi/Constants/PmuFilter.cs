namespace KvmPS.Native.Abi;

/// <summary>Actions and flags of performance-event filters, and what KVM_CAP_PMU_CAPABILITY takes.</summary>
public static class PmuFilter
{
    public const uint KVM_PMU_EVENT_ALLOW = 0;
    public const uint KVM_PMU_EVENT_DENY = 1;
    public const uint KVM_PMU_EVENT_FLAG_MASKED_EVENTS = 1;
    public const uint KVM_PMU_CAP_DISABLE = 1;
}
