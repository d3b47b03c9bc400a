namespace KvmPS.Native.Abi;

/// <summary>Groups and attributes of VFIO devices.</summary>
public static class VfioAttr
{
    public const uint KVM_DEV_VFIO_FILE = 1;
    public const uint KVM_DEV_VFIO_FILE_ADD = 1;
    public const uint KVM_DEV_VFIO_FILE_DEL = 2;
    public const uint KVM_DEV_VFIO_GROUP = 1;
    public const uint KVM_DEV_VFIO_GROUP_ADD = 1;
    public const uint KVM_DEV_VFIO_GROUP_DEL = 2;
    public const uint KVM_DEV_VFIO_GROUP_SET_SPAPR_TCE = 3;
}
