namespace KvmPS.Native.Abi;

/// <summary>Which parts of kvm_vcpu_events are valid on x86.</summary>
public static class VcpuEvents
{
    public const uint KVM_VCPUEVENT_VALID_NMI_PENDING = 1;
    public const uint KVM_VCPUEVENT_VALID_SIPI_VECTOR = 2;
    public const uint KVM_VCPUEVENT_VALID_SHADOW = 4;
    public const uint KVM_VCPUEVENT_VALID_SMM = 8;
    public const uint KVM_VCPUEVENT_VALID_PAYLOAD = 0x10;
    public const uint KVM_VCPUEVENT_VALID_TRIPLE_FAULT = 0x20;
    public const uint KVM_X86_SHADOW_INT_MOV_SS = 1;
    public const uint KVM_X86_SHADOW_INT_STI = 2;
}
