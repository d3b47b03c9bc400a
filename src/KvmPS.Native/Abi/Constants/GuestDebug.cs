namespace KvmPS.Native.Abi;

/// <summary>Flags of KVM_SET_GUEST_DEBUG. The architecture's are in the upper half.</summary>
public static class GuestDebug
{
    public const uint KVM_GUESTDBG_USE_SW_BP = 0x10000;
    public const uint KVM_GUESTDBG_USE_HW_BP = 0x20000;
    public const uint KVM_GUESTDBG_INJECT_DB = 0x40000;
    public const uint KVM_GUESTDBG_INJECT_BP = 0x80000;
    public const uint KVM_GUESTDBG_BLOCKIRQ = 0x100000;
    public const uint KVM_GUESTDBG_ENABLE = 1;
    public const uint KVM_GUESTDBG_SINGLESTEP = 2;
    public const uint KVM_GUESTDBG_USE_HW = 0x20000;
}
