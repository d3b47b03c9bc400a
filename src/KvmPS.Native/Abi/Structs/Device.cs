namespace KvmPS.Native.Abi;

/// <summary>A device type in, the new device's fd out.</summary>
/// <remarks>Used by KVM_CREATE_DEVICE.</remarks>
public struct kvm_create_device
{
    /// <summary>In: a number of <see cref="DeviceTypes"/>.</summary>
    public uint type;

    /// <summary>Out: the device's fd; untouched with KVM_CREATE_DEVICE_TEST.</summary>
    public uint fd;

    /// <summary>In: KVM_CREATE_DEVICE_TEST or 0. Kernels accept other bits in silence.</summary>
    public uint flags;
}

/// <summary>An attribute and the address of its value, whose size the attribute implies.</summary>
/// <remarks>Used by KVM_GET_DEVICE_ATTR.</remarks>
public struct kvm_device_attr
{
    /// <summary>Has to be 0, which kernels do not check.</summary>
    public uint flags;

    /// <summary>The attribute's group.</summary>
    public uint group;

    /// <summary>The attribute's number in its group.</summary>
    public ulong attr;

    /// <summary>The address of the value. KVM_HAS_DEVICE_ATTR does not look at it.</summary>
    public ulong addr;
}

/// <summary>A VFIO group and the TCE table to attach to it, as fds.</summary>
/// <remarks>Used by KVM_DEV_VFIO_GROUP_SET_SPAPR_TCE.</remarks>
public struct kvm_vfio_spapr_tce
{
    public int groupfd;
    public int tablefd;
}

/// <summary>The fd of a device to destroy. Proposed for the kernel in 2019; no release of it has it.</summary>
/// <remarks>Used by KVM_DESTROY_DEVICE.</remarks>
public struct kvm_destroy_device
{
    /// <summary>The device's fd.</summary>
    public uint fd;

    /// <summary>Has to be 0.</summary>
    public uint flags;
}
