namespace KvmPS.Native.Abi;

/// <summary>Flags of kvm_run on x86, and the register sets that it can carry.</summary>
public static class RunFlags
{
    public const uint KVM_RUN_X86_SMM = 1;
    public const uint KVM_RUN_X86_BUS_LOCK = 2;
    public const uint KVM_RUN_X86_GUEST_MODE = 4;
    public const uint KVM_SYNC_X86_REGS = 1;
    public const uint KVM_SYNC_X86_SREGS = 2;
    public const uint KVM_SYNC_X86_EVENTS = 4;
    public const uint KVM_SYNC_X86_VALID_FIELDS = 7;
}
