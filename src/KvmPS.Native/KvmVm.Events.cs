using System.Collections.Immutable;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Eventfds that raise interrupts, writes that signal eventfds, and writes that are collected.</content>
public sealed partial class KvmVm
{
    private ImmutableArray<KvmRegistration> registrations = [];
    private Mapping? coalescedRing;

    /// <summary>What is registered with the VM: irqfds, ioeventfds and coalesced ranges, in the order of their creation.</summary>
    public IReadOnlyList<KvmRegistration> Registrations => registrations;

    /// <summary>KVM_IRQFD: makes an eventfd raise an interrupt, without a system call of this process.</summary>
    /// <param name="gsi">The interrupt: a GSI of the VM's routes.</param>
    /// <param name="eventFd">The eventfd; by default one is made that ends with the registration.</param>
    /// <param name="resample">
    /// The interrupt stays raised until the guest acknowledges it, which signals <see cref="KvmIrqFd.ResampleFd"/>.
    /// </param>
    /// <param name="resampleFd">The eventfd for that; by default one is made that ends with the registration.</param>
    /// <exception cref="KvmException">
    /// EBUSY: the eventfd raises an interrupt already, of this VM or of another; EINVAL, EAGAIN: the VM has no
    /// interrupt controller, or none that can do this.
    /// </exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.75 KVM_IRQFD</seealso>
    public KvmIrqFd RegisterIrqFd(uint gsi, KvmEventFd? eventFd = null, bool resample = false, KvmEventFd? resampleFd = null)
    {
        ThrowIfRemoved(nameof(Requests.KVM_IRQFD));
        var registration = new KvmIrqFd(this, gsi, eventFd);
        return Register(nameof(Requests.KVM_IRQFD), registration, () =>
        {
            if (resample || resampleFd is not null)
                registration.Resample(resampleFd);
        });
    }

    /// <summary>KVM_IOEVENTFD: makes a write of the guest signal an eventfd; the vCPU does not exit for it.</summary>
    /// <param name="space">Whether the address is a guest-physical address or a port.</param>
    /// <param name="address">The guest-physical address, or the port.</param>
    /// <param name="length">The write's size in bytes: 1, 2, 4 or 8; 0 for any.</param>
    /// <param name="dataMatch">The value that has to be written; null for any.</param>
    /// <param name="eventFd">The eventfd; by default one is made that ends with the registration.</param>
    /// <exception cref="KvmException">
    /// EEXIST: the same write signals an eventfd already; EINVAL: another length, a value where the length is 0, or a
    /// range beyond the last address.
    /// </exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.59 KVM_IOEVENTFD</seealso>
    public KvmIoEvent RegisterIoEvent(
        KvmIoSpace space, ulong address, uint length, ulong? dataMatch = null, KvmEventFd? eventFd = null)
    {
        ThrowIfRemoved(nameof(Requests.KVM_IOEVENTFD));
        return Register(
            nameof(Requests.KVM_IOEVENTFD), new KvmIoEvent(this, space, address, length, dataMatch, eventFd));
    }

    /// <summary>KVM_REGISTER_COALESCED_MMIO: collects the guest's writes to a range in a ring.</summary>
    /// <param name="space">Whether the address is a guest-physical address or a port.</param>
    /// <param name="address">The first guest-physical address, or the first port.</param>
    /// <param name="size">The range's size in bytes.</param>
    /// <exception cref="KvmNotSupportedException">The kernel cannot collect writes, or not those to ports.</exception>
    /// <exception cref="KvmException">ENOSPC: the VM has as many devices on this bus as it can.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.116 KVM_(UN)REGISTER_COALESCED_MMIO</seealso>
    public KvmCoalescedMmio RegisterCoalescedMmio(KvmIoSpace space, ulong address, uint size)
    {
        const string operation = nameof(Requests.KVM_REGISTER_COALESCED_MMIO);
        ThrowIfRemoved(operation);
        // A kernel that knows no ports would take the port for a guest-physical address.
        if (space == KvmIoSpace.Pio && CheckExtension((uint)Capability.KVM_CAP_COALESCED_PIO) == 0)
            throw new KvmNotSupportedException(operation, Errno.EOPNOTSUPP, this);
        return Register(operation, new KvmCoalescedMmio(this, space, address, size));
    }

    /// <summary>Takes the writes out of the ring, oldest first.</summary>
    /// <remarks>
    /// The VM has one ring for all its ranges and vCPUs. One that is full makes the vCPU exit; a vCPU that exits says
    /// nothing of the ring, so it has to be emptied after each exit where the order of all writes matters.
    /// </remarks>
    /// <exception cref="KvmException">ENXIO: the ring is reached through a vCPU, and the VM has none.</exception>
    /// <exception cref="KvmNotSupportedException">The kernel cannot collect writes.</exception>
    public IReadOnlyList<KvmCoalescedWrite> TakeCoalescedWrites()
    {
        lock (gate)
        {
            ThrowIfRemoved(nameof(Capability.KVM_CAP_COALESCED_MMIO));
            coalescedRing ??= MapCoalescedRing();
            return CoalescedRing.Take(this, coalescedRing.Address);
        }
    }

    internal void Unregister(KvmRegistration registration)
    {
        lock (gate)
        {
            if (registration.State == KvmObjectState.Removed)
                throw new KvmObjectRemovedException("Remove", registration);
            registration.Deassign();
            registrations = registrations.Remove(registration);
            registration.Close();
        }
    }

    private T Register<T>(string operation, T registration, Action? prepare = null)
        where T : KvmRegistration
    {
        try
        {
            prepare?.Invoke();
            lock (gate)
            {
                ThrowIfRemoved(operation);
                registration.Assign();
                registrations = registrations.Add(registration);
                return registration;
            }
        }
        catch
        {
            registration.Close();
            throw;
        }
    }

    /// <summary>Takes everything back, while the VM can still be asked to.</summary>
    private void EndRegistrations()
    {
        foreach (KvmRegistration registration in registrations)
        {
            try
            {
                registration.Deassign();
            }
            catch (KvmException)
            {
                // Somebody else has taken it back, or the kernel has given the VM up: it ends with the VM.
            }
            registration.Close();
        }
        registrations = [];
        coalescedRing?.Dispose();
    }

    private Mapping MapCoalescedRing()
    {
        const string operation = nameof(Capability.KVM_CAP_COALESCED_MMIO);
        int page = CheckExtension((uint)Capability.KVM_CAP_COALESCED_MMIO);
        if (page == 0)
            throw new KvmNotSupportedException(operation, Errno.EOPNOTSUPP, this);
        return vcpus.FirstOrDefault()?.MapPage(page)
            ?? throw new KvmException(
                operation, Errno.ENXIO, this, $"{this} has no vCPU: the ring of collected writes lies in the memory that it shares.");
    }
}
