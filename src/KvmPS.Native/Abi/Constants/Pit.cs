namespace KvmPS.Native.Abi;

/// <summary>Flags of the timer chip.</summary>
public static class Pit
{
    public const uint KVM_PIT_FLAGS_HPET_LEGACY = 1;
    public const uint KVM_PIT_FLAGS_SPEAKER_DATA_ON = 2;
    public const uint KVM_PIT_SPEAKER_DUMMY = 1;
}
