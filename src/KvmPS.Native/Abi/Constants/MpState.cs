namespace KvmPS.Native.Abi;

/// <summary>States of KVM_GET_MP_STATE. Not every architecture has every state.</summary>
public static class MpState
{
    public const uint KVM_MP_STATE_RUNNABLE = 0;
    public const uint KVM_MP_STATE_UNINITIALIZED = 1;
    public const uint KVM_MP_STATE_INIT_RECEIVED = 2;
    public const uint KVM_MP_STATE_HALTED = 3;
    public const uint KVM_MP_STATE_SIPI_RECEIVED = 4;
    public const uint KVM_MP_STATE_STOPPED = 5;
    public const uint KVM_MP_STATE_CHECK_STOP = 6;
    public const uint KVM_MP_STATE_OPERATING = 7;
    public const uint KVM_MP_STATE_LOAD = 8;
    public const uint KVM_MP_STATE_AP_RESET_HOLD = 9;
    public const uint KVM_MP_STATE_SUSPENDED = 10;
}
