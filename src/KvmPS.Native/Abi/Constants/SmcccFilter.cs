namespace KvmPS.Native.Abi;

/// <summary>What becomes of a firmware call.</summary>
public static class SmcccFilter
{
    public const uint KVM_SMCCC_FILTER_HANDLE = 0;
    public const uint KVM_SMCCC_FILTER_DENY = 1;
    public const uint KVM_SMCCC_FILTER_FWD_TO_USER = 2;
}
