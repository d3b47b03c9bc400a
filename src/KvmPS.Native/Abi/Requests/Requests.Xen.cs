using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Describes the hypercall page of a Xen guest.</summary>
    public static Request KVM_XEN_HVM_CONFIG => field ??= Request.Write<kvm_xen_hvm_config>(0x7a, Vm, Arch.X86);

    /// <summary>Reads an attribute of the Xen VM.</summary>
    public static Request KVM_XEN_HVM_GET_ATTR => field ??= Request.ReadWrite<kvm_xen_hvm_attr>(0xc8, Vm, Arch.X86);

    /// <summary>Writes an attribute of the Xen VM.</summary>
    public static Request KVM_XEN_HVM_SET_ATTR => field ??= Request.Write<kvm_xen_hvm_attr>(0xc9, Vm, Arch.X86);

    /// <summary>Raises an event channel of a Xen guest.</summary>
    public static Request KVM_XEN_HVM_EVTCHN_SEND
        => field ??= Request.Write<kvm_irq_routing_xen_evtchn>(0xd0, Vm, Arch.X86);

    /// <summary>Reads an attribute of the Xen vCPU.</summary>
    public static Request KVM_XEN_VCPU_GET_ATTR => field ??= Request.ReadWrite<kvm_xen_vcpu_attr>(0xca, Vcpu, Arch.X86);

    /// <summary>Writes an attribute of the Xen vCPU.</summary>
    public static Request KVM_XEN_VCPU_SET_ATTR => field ??= Request.Write<kvm_xen_vcpu_attr>(0xcb, Vcpu, Arch.X86);
}
