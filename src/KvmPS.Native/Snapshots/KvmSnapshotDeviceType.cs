namespace KvmPS.Native;

/// <summary>A device type in a snapshot.</summary>
/// <param name="Name">The kernel's name without KVM_DEV_TYPE_, such as ARM_VGIC_V3.</param>
/// <param name="Number">The number in enum kvm_device_type.</param>
/// <param name="Supported">Whether the kernel can create it.</param>
public sealed record KvmSnapshotDeviceType(string Name, uint Number, bool Supported)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
