using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>An in-kernel device of a VM.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/devices/index.html">Devices</seealso>
public sealed class KvmDevice : KvmDescriptorObject
{
    internal KvmDevice(KvmVm vm, int id, uint type, Descriptor descriptor)
        : base(descriptor)
    {
        Vm = vm;
        Id = id;
        Type = type;
        Known = DeviceTypes.Find(type);
    }

    /// <summary>The device's number in its VM, from 1; never used again.</summary>
    public int Id { get; }

    /// <summary>The VM that owns the device.</summary>
    public KvmVm Vm { get; }

    /// <summary>The device type's number in enum kvm_device_type.</summary>
    public uint Type { get; }

    /// <summary>The device type's name without KVM_DEV_TYPE_, such as VFIO; its number where it has no known name.</summary>
    public string TypeName => Known?.Name ?? Type.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override RequestScope Scope => RequestScope.Device;

    /// <summary>What is known of the device's type; null for types newer than this library.</summary>
    internal DeviceType? Known { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        State == KvmObjectState.Open ? $"{TypeName} device {Id} (fd {Fd}) of {Vm}" : $"{TypeName} device {Id} of {Vm}";

    /// <summary>Which way <see cref="Remove(KvmDeviceRemoval)"/> would go on this kernel; nothing is changed.</summary>
    /// <param name="method">What is asked for; <see cref="KvmDeviceRemoval.Auto"/> lets kernel and type decide.</param>
    /// <returns><see cref="KvmDeviceRemoval.Destroy"/> or <see cref="KvmDeviceRemoval.Release"/>.</returns>
    /// <exception cref="KvmNotSupportedException">The kernel does not have the ioctl, or closing would orphan the device.</exception>
    /// <exception cref="KvmObjectRemovedException">The device was removed before.</exception>
    public KvmDeviceRemoval PlanRemoval(KvmDeviceRemoval method = KvmDeviceRemoval.Auto)
    {
        ThrowIfRemoved("Remove");
        bool releases = Known?.Teardown == DeviceTeardown.Release;
        if (method == KvmDeviceRemoval.Release)
        {
            return releases
                ? KvmDeviceRemoval.Release
                : throw new KvmNotSupportedException(
                    "close", Errno.EOPNOTSUPP, this,
                    $"{this} cannot be released: its driver frees it only with the VM, so that closing the handle would "
                    + "leave it working in the VM with no way to reach it.");
        }
        if (Vm.SupportsDestroyDevice())
            return KvmDeviceRemoval.Destroy;
        return method == KvmDeviceRemoval.Auto && releases
            ? KvmDeviceRemoval.Release
            : throw new KvmNotSupportedException(nameof(Requests.KVM_DESTROY_DEVICE), Errno.ENOTTY, this);
    }

    /// <summary>Removes the device from its VM.</summary>
    /// <remarks>
    /// Destroy: KVM_DESTROY_DEVICE on the VM, then the handle is closed. Release: the handle is closed, for types whose
    /// driver then frees the device. A failure leaves the device as it was.
    /// </remarks>
    /// <param name="method">Which of the two; <see cref="KvmDeviceRemoval.Auto"/> prefers Destroy where the kernel has it.</param>
    /// <returns>The way it went.</returns>
    /// <inheritdoc cref="PlanRemoval" path="/exception"/>
    public KvmDeviceRemoval Remove(KvmDeviceRemoval method = KvmDeviceRemoval.Auto)
    {
        KvmDeviceRemoval plan = default;
        Vm.EndChild(this, "Remove", () =>
        {
            plan = PlanRemoval(method);
            if (plan == KvmDeviceRemoval.Destroy)
                Vm.DestroyDevice(Fd, this);
            Close();
        });
        return plan;
    }

    /// <summary>Throws where the device belongs to another VM; nothing is changed.</summary>
    /// <exception cref="KvmOwnershipException">EPERM, as the kernel would answer.</exception>
    public void ThrowIfNotOwnedBy(KvmVm vm)
    {
        if (vm != Vm)
            throw new KvmOwnershipException(
                nameof(Requests.KVM_DESTROY_DEVICE), Errno.EPERM, this, $"{this} does not belong to {vm}; nothing was changed.");
    }

    // Closes the handle, whatever that means for the device: see Teardown.
    private protected override void End() => Vm.EndChild(this, "close", Close);
}
