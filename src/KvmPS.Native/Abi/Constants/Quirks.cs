namespace KvmPS.Native.Abi;

/// <summary>What KVM_CAP_DISABLE_QUIRKS2 takes.</summary>
public static class Quirks
{
    public const uint KVM_X86_QUIRK_LINT0_REENABLED = 1;
    public const uint KVM_X86_QUIRK_CD_NW_CLEARED = 2;
    public const uint KVM_X86_QUIRK_LAPIC_MMIO_HOLE = 4;
    public const uint KVM_X86_QUIRK_OUT_7E_INC_RIP = 8;
    public const uint KVM_X86_QUIRK_MISC_ENABLE_NO_MWAIT = 0x10;
    public const uint KVM_X86_QUIRK_FIX_HYPERCALL_INSN = 0x20;
    public const uint KVM_X86_QUIRK_MWAIT_NEVER_UD_FAULTS = 0x40;
    public const uint KVM_X86_QUIRK_SLOT_ZAP_ALL = 0x80;
    public const uint KVM_X86_QUIRK_STUFF_FEATURE_MSRS = 0x100;
    public const uint KVM_X86_QUIRK_IGNORE_GUEST_PAT = 0x200;
    public const uint KVM_X86_QUIRK_VMCS12_ALLOW_FREEZE_IN_SMM = 0x400;
    public const uint KVM_X86_QUIRK_NESTED_SVM_SHARED_PAT = 0x800;
}
