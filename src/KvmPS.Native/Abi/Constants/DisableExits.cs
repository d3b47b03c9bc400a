namespace KvmPS.Native.Abi;

/// <summary>What KVM_CAP_X86_DISABLE_EXITS takes.</summary>
public static class DisableExits
{
    public const uint KVM_X86_DISABLE_EXITS_MWAIT = 1;
    public const uint KVM_X86_DISABLE_EXITS_HLT = 2;
    public const uint KVM_X86_DISABLE_EXITS_PAUSE = 4;
    public const uint KVM_X86_DISABLE_EXITS_CSTATE = 8;
    public const uint KVM_X86_DISABLE_EXITS_APERFMPERF = 0x10;
}
