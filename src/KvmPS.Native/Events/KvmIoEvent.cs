using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>A write of the guest that signals an eventfd instead of making the vCPU exit.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.59 KVM_IOEVENTFD</seealso>
public sealed class KvmIoEvent : KvmRegistration
{
    internal KvmIoEvent(KvmVm vm, KvmIoSpace space, ulong address, uint length, ulong? dataMatch, KvmEventFd? eventFd)
        : base(vm)
    {
        Space = space;
        Address = address;
        Length = length;
        DataMatch = dataMatch;
        EventFd = Use(eventFd, nameof(Requests.KVM_IOEVENTFD));
    }

    /// <summary>Whether <see cref="Address"/> is a guest-physical address or a port.</summary>
    public KvmIoSpace Space { get; }

    /// <summary>The guest-physical address, or the port.</summary>
    public ulong Address { get; }

    /// <summary>The write's size in bytes: 1, 2, 4 or 8; 0 for any.</summary>
    public uint Length { get; }

    /// <summary>The value that has to be written; null for any.</summary>
    public ulong? DataMatch { get; }

    /// <summary>Is signalled.</summary>
    public KvmEventFd EventFd { get; }

    /// <inheritdoc/>
    public override string ToString() => $"ioeventfd {EventFd.Fd} for {Space.ToString().ToUpperInvariant()} 0x{Address:X} of {Vm}";

    internal override void Assign() => Issue(0);

    internal override void Deassign() => Issue(Irq.KVM_IOEVENTFD_FLAG_DEASSIGN);

    private void Issue(uint flags)
    {
        var ioeventfd = new kvm_ioeventfd
        {
            datamatch = DataMatch ?? 0,
            addr = Address,
            len = Length,
            fd = EventFd.Fd,
            flags = flags
                | (Space == KvmIoSpace.Pio ? Irq.KVM_IOEVENTFD_FLAG_PIO : 0)
                | (DataMatch is null ? 0 : Irq.KVM_IOEVENTFD_FLAG_DATAMATCH),
        };
        Vm.Ioctl(Requests.KVM_IOEVENTFD, ref ioeventfd);
    }
}
