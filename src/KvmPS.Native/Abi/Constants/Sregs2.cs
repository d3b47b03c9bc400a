namespace KvmPS.Native.Abi;

/// <summary>Flags of kvm_sregs2.</summary>
public static class Sregs2
{
    public const uint KVM_SREGS2_FLAGS_PDPTRS_VALID = 1;
}
