namespace KvmPS.Native.Abi;

/// <summary>Flags and attributes of Xen guests.</summary>
public static class Xen
{
    public const uint KVM_XEN_HVM_CONFIG_HYPERCALL_MSR = 1;
    public const uint KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL = 2;
    public const uint KVM_XEN_HVM_CONFIG_SHARED_INFO = 4;
    public const uint KVM_XEN_HVM_CONFIG_RUNSTATE = 8;
    public const uint KVM_XEN_HVM_CONFIG_EVTCHN_2LEVEL = 0x10;
    public const uint KVM_XEN_HVM_CONFIG_EVTCHN_SEND = 0x20;
    public const uint KVM_XEN_HVM_CONFIG_RUNSTATE_UPDATE_FLAG = 0x40;
    public const uint KVM_XEN_HVM_CONFIG_PVCLOCK_TSC_UNSTABLE = 0x80;
    public const uint KVM_XEN_HVM_CONFIG_SHARED_INFO_HVA = 0x100;
    public const uint KVM_XEN_MSR_MIN_INDEX = 0x40000000;
    public const uint KVM_XEN_MSR_MAX_INDEX = 0x4FFFFFFF;
    public const ulong KVM_XEN_INVALID_GFN = 0xFFFFFFFFFFFFFFFF;
    public const uint KVM_XEN_EVTCHN_DEASSIGN = 1;
    public const uint KVM_XEN_EVTCHN_UPDATE = 2;
    public const uint KVM_XEN_EVTCHN_RESET = 4;
    public const uint KVM_XEN_ATTR_TYPE_LONG_MODE = 0;
    public const uint KVM_XEN_ATTR_TYPE_SHARED_INFO = 1;
    public const uint KVM_XEN_ATTR_TYPE_UPCALL_VECTOR = 2;
    public const uint KVM_XEN_ATTR_TYPE_EVTCHN = 3;
    public const uint KVM_XEN_ATTR_TYPE_XEN_VERSION = 4;
    public const uint KVM_XEN_ATTR_TYPE_RUNSTATE_UPDATE_FLAG = 5;
    public const uint KVM_XEN_ATTR_TYPE_SHARED_INFO_HVA = 6;
    public const ulong KVM_XEN_INVALID_GPA = 0xFFFFFFFFFFFFFFFF;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO = 0;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_VCPU_TIME_INFO = 1;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR = 2;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_CURRENT = 3;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_DATA = 4;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADJUST = 5;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_VCPU_ID = 6;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_TIMER = 7;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_UPCALL_VECTOR = 8;
    public const uint KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO_HVA = 9;
}
