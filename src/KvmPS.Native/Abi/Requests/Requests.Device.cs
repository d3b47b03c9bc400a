using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Creates an in-kernel device and writes its fd into the struct.</summary>
    public static Request KVM_CREATE_DEVICE => field ??= Request.ReadWrite<kvm_create_device>(0xe0, Vm);

    /// <summary>Writes an attribute.</summary>
    public static Request KVM_SET_DEVICE_ATTR => field ??= Request.Write<kvm_device_attr>(0xe1, Vm | Vcpu | Device);

    /// <summary>Reads an attribute into the memory that the struct points to.</summary>
    public static Request KVM_GET_DEVICE_ATTR
        => field ??= Request.Write<kvm_device_attr>(0xe2, RequestScope.System | Vm | Vcpu | Device);

    /// <summary>Asks whether an attribute is implemented.</summary>
    public static Request KVM_HAS_DEVICE_ATTR
        => field ??= Request.Write<kvm_device_attr>(0xe3, RequestScope.System | Vm | Vcpu | Device);

    /// <summary>
    /// Destroys a device by its fd, which stays open. Proposed for the kernel in 2019; no release of it has it.
    /// </summary>
    public static Request KVM_DESTROY_DEVICE => field ??= Request.ReadWrite<kvm_destroy_device>(0xf0, Vm);
}
