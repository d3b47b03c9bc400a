namespace KvmPS.Native.Abi;

/// <summary>A kind of in-kernel device.</summary>
/// <param name="Name">The kernel's name without KVM_DEV_TYPE_, for example VFIO.</param>
/// <param name="Number">The number that KVM_CREATE_DEVICE takes.</param>
/// <param name="Architectures">The architectures whose kernels can have it.</param>
/// <param name="Teardown">What ends a device of this kind where the kernel lacks KVM_DESTROY_DEVICE.</param>
/// <param name="OnePerVm">Whether a VM can have only one: a second is refused with EEXIST, EBUSY or EINVAL.</param>
public sealed record DeviceType(string Name, uint Number, Arch Architectures, DeviceTeardown Teardown, bool OnePerVm)
{
    /// <summary>The kernel's name, for example KVM_DEV_TYPE_VFIO.</summary>
    public string KernelName => DeviceTypes.Prefix + Name;

    /// <summary>The short name.</summary>
    public override string ToString() => Name;
}
