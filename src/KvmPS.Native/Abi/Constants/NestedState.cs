namespace KvmPS.Native.Abi;

/// <summary>Formats and flags of nested states.</summary>
public static class NestedState
{
    public const uint KVM_STATE_NESTED_FORMAT_VMX = 0;
    public const uint KVM_STATE_NESTED_FORMAT_SVM = 1;
    public const uint KVM_STATE_NESTED_GUEST_MODE = 1;
    public const uint KVM_STATE_NESTED_RUN_PENDING = 2;
    public const uint KVM_STATE_NESTED_EVMCS = 4;
    public const uint KVM_STATE_NESTED_MTF_PENDING = 8;
    public const uint KVM_STATE_NESTED_GIF_SET = 0x100;
    public const uint KVM_STATE_NESTED_SMM_GUEST_MODE = 1;
    public const uint KVM_STATE_NESTED_SMM_VMXON = 2;
    public const uint KVM_STATE_NESTED_VMX_VMCS_SIZE = 4096;
    public const uint KVM_STATE_NESTED_SVM_VMCB_SIZE = 4096;
    public const uint KVM_STATE_VMX_PREEMPTION_TIMER_DEADLINE = 1;
}
