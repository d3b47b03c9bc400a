namespace KvmPS.Native.Abi;

/// <summary>Arguments of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 and flags of dirty-ring entries.</summary>
public static class DirtyLog
{
    public const uint KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE = 1;
    public const uint KVM_DIRTY_LOG_INITIALLY_SET = 2;
    public const uint KVM_DIRTY_GFN_F_DIRTY = 1;
    public const uint KVM_DIRTY_GFN_F_RESET = 2;
    public const uint KVM_DIRTY_GFN_F_MASK = 3;
}
