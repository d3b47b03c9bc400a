namespace KvmPS.Native;

/// <summary>The ways to remove an in-kernel device.</summary>
public enum KvmDeviceRemoval
{
    /// <summary>Destroy where the kernel has the ioctl, else Release where the type allows it.</summary>
    Auto,

    /// <summary>KVM_DESTROY_DEVICE on the VM, then the handle is closed.</summary>
    Destroy,

    /// <summary>The handle is closed, and the driver frees the device.</summary>
    Release,
}
