namespace KvmPS.Native.Abi;

/// <summary>A device type in, the new device's fd out.</summary>
/// <remarks>Used by KVM_CREATE_DEVICE.</remarks>
public struct kvm_create_device
{
    public uint type;
    public uint fd;
    public uint flags;
}

/// <summary>An attribute and the address of its value, whose size the attribute implies.</summary>
/// <remarks>Used by KVM_GET_DEVICE_ATTR.</remarks>
public struct kvm_device_attr
{
    public uint flags;
    public uint group;
    public ulong attr;
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
    public uint fd;
    public uint flags;
}
