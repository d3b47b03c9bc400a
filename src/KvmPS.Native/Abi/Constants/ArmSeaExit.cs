namespace KvmPS.Native.Abi;

/// <summary>Flags of <see cref="ExitReason.ArmSea"/>.</summary>
public static class ArmSeaExit
{
    public const uint KVM_EXIT_ARM_SEA_FLAG_GPA_VALID = 1;
}
