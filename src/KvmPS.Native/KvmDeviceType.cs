using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>A device type, and whether a kernel can create it.</summary>
/// <param name="type">What is known of the type.</param>
/// <param name="supported">What KVM_CREATE_DEVICE_TEST said.</param>
public sealed class KvmDeviceType(DeviceType type, bool? supported)
{
    /// <summary>The kernel's name without KVM_DEV_TYPE_, such as ARM_VGIC_V3.</summary>
    public string Name => type.Name;

    /// <summary>The number in enum kvm_device_type.</summary>
    public uint Number => type.Number;

    /// <summary>Whether this kernel can create it.</summary>
    public bool? Supported => supported;

    /// <summary>The architectures whose kernels can have it.</summary>
    public Arch Architecture => type.Architectures;

    /// <summary>What closing the last handle does: Release frees the device, VmOnly leaves it in the VM.</summary>
    public DeviceTeardown Teardown => type.Teardown;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
