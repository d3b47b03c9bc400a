namespace KvmPS.Native.Abi;

/// <summary>Flags of CPUID entries.</summary>
public static class CpuidFlags
{
    public const uint KVM_CPUID_FLAG_SIGNIFCANT_INDEX = 1;
    public const uint KVM_CPUID_FLAG_STATEFUL_FUNC = 2;
    public const uint KVM_CPUID_FLAG_STATE_READ_NEXT = 4;
}
