using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>An eventfd that raises an interrupt of a VM.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.75 KVM_IRQFD</seealso>
public sealed class KvmIrqFd : KvmRegistration
{
    internal KvmIrqFd(KvmVm vm, uint gsi, KvmEventFd? eventFd)
        : base(vm)
    {
        Gsi = gsi;
        EventFd = Use(eventFd, nameof(Requests.KVM_IRQFD));
    }

    /// <summary>The interrupt: the GSI that the VM's routes lead on.</summary>
    public uint Gsi { get; }

    /// <summary>Whoever signals it raises the interrupt.</summary>
    public KvmEventFd EventFd { get; }

    /// <summary>
    /// Is signalled when the guest has acknowledged the interrupt, which is lowered then; null where the interrupt is
    /// raised and lowered at once.
    /// </summary>
    public KvmEventFd? ResampleFd { get; private set; }

    /// <inheritdoc/>
    public override string ToString() => $"irqfd {EventFd.Fd} for GSI {Gsi} of {Vm}";

    internal void Resample(KvmEventFd? resampleFd) => ResampleFd = Use(resampleFd, nameof(Requests.KVM_IRQFD));

    internal override void Assign() => Issue(ResampleFd is null ? 0 : Irq.KVM_IRQFD_FLAG_RESAMPLE);

    internal override void Deassign() => Issue(Irq.KVM_IRQFD_FLAG_DEASSIGN);

    private void Issue(uint flags)
    {
        var irqfd = new kvm_irqfd
        {
            fd = (uint)EventFd.Fd,
            gsi = Gsi,
            flags = flags,
            resamplefd = (uint)(ResampleFd?.Fd ?? 0),
        };
        Vm.Ioctl(Requests.KVM_IRQFD, ref irqfd);
    }
}
