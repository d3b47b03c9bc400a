using System.Collections.Immutable;
using System.Diagnostics;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>An eventfd of this process: a 64-bit count that the kernel, the guest or a program adds to and a reader takes.</summary>
/// <remarks>All members are safe for use by several threads at once.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</seealso>
public sealed class KvmEventFd : IDisposable
{
    // A wait looks this often, in milliseconds, whether it shall go on.
    private const int Slice = 50;

    private readonly Lock gate = new();
    private readonly Descriptor descriptor = new();
    private ImmutableArray<KvmRegistration> users = [];
    private volatile bool isRemoved;
    private bool isAbandoned;

    /// <summary>Makes an eventfd.</summary>
    /// <param name="initialValue">The count that it begins with.</param>
    /// <param name="semaphore">Whether a reader takes 1 of the count and not all of it (EFD_SEMAPHORE).</param>
    /// <exception cref="KvmException">EMFILE, ENFILE, ENOMEM: there can be no more.</exception>
    public KvmEventFd(uint initialValue = 0, bool semaphore = false)
    {
        if (!EventFd.TryCreate(initialValue, semaphore, descriptor, out Errno errno))
            throw new KvmException("eventfd", errno, "this process");
        IsSemaphore = semaphore;
    }

    /// <summary>The file descriptor's number in this process; -1 once it was removed.</summary>
    public int Fd => descriptor.Number;

    /// <summary>Whether a reader takes 1 of the count and not all of it.</summary>
    public bool IsSemaphore { get; }

    /// <summary>Whether it can be used.</summary>
    public KvmObjectState State => isRemoved ? KvmObjectState.Removed : KvmObjectState.Open;

    /// <summary>What VMs do with it.</summary>
    public IReadOnlyList<KvmRegistration> Users => users;

    /// <inheritdoc/>
    public override string ToString() => isRemoved ? "eventfd" : $"eventfd {Fd}";

    /// <summary>Waits until at least one of several eventfds has a count, and takes the counts of all that have one.</summary>
    /// <param name="eventFds">The eventfds.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, 0 only looks.</param>
    /// <param name="stop">Ends the wait within 100 ms.</param>
    /// <returns>What was taken; empty where nothing happened in time or the wait was ended.</returns>
    /// <exception cref="KvmObjectRemovedException">One of them was removed, before or meanwhile.</exception>
    public static IReadOnlyList<KvmEvent> Wait(
        IReadOnlyList<KvmEventFd> eventFds, TimeSpan timeout, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(eventFds);
        var clock = Stopwatch.StartNew();
        Descriptor[] descriptors = [.. eventFds.Select(eventFd => eventFd.descriptor)];
        while (!stop.IsCancellationRequested)
        {
            if (eventFds.FirstOrDefault(eventFd => eventFd.isRemoved) is { } removed)
                throw new KvmObjectRemovedException("poll", removed);
            TimeSpan left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - clock.Elapsed;
            try
            {
                if (!Libc.TryPoll(descriptors, (int)Math.Ceiling(Math.Clamp(left.TotalMilliseconds, 0, Slice)), out bool ready, out Errno errno))
                    throw new KvmException("poll", errno, "eventfds");
                KvmEvent[] taken = ready ? [.. eventFds.Select(Take).OfType<KvmEvent>()] : [];
                if (taken.Length > 0 || left <= TimeSpan.Zero)
                    return taken;
            }
            catch (ObjectDisposedException)
            {
                // The next round names the one that was removed meanwhile.
            }
        }
        return [];
    }

    /// <summary>Waits until the eventfd has a count, and takes it.</summary>
    /// <inheritdoc cref="Wait(IReadOnlyList{KvmEventFd}, TimeSpan, CancellationToken)"/>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, 0 only looks.</param>
    /// <param name="stop">Ends the wait within 100 ms.</param>
    /// <returns>What was taken; null where nothing happened in time or the wait was ended.</returns>
    public KvmEvent? Wait(TimeSpan timeout, CancellationToken stop = default) =>
        Wait([this], timeout, stop) is [KvmEvent taken] ? taken : null;

    /// <summary>Adds to the count, which wakes whoever waits for it: a reader, or KVM through an irqfd.</summary>
    /// <param name="value">What to add.</param>
    /// <exception cref="KvmException">EAGAIN: the count would become too large; EINVAL: 2^64-1 cannot be added.</exception>
    /// <exception cref="KvmObjectRemovedException">It was removed before.</exception>
    public void Signal(ulong value = 1)
    {
        try
        {
            if (!EventFd.TryWrite(descriptor, value, out Errno errno))
                throw new KvmException("write", errno, this);
        }
        catch (ObjectDisposedException)
        {
            throw new KvmObjectRemovedException("write", this);
        }
    }

    /// <summary>Closes it.</summary>
    /// <param name="force">Takes it back from the VMs that use it, first; without it they are an error.</param>
    /// <exception cref="KvmException">EBUSY: a VM uses it.</exception>
    /// <exception cref="KvmObjectRemovedException">It was removed before.</exception>
    public void Remove(bool force = false)
    {
        while (!TryRemove(out ImmutableArray<KvmRegistration> using_))
        {
            if (!force)
                throw new KvmException("close", Errno.EBUSY, this, $"{this} is in use by {using_[0]}; it was not closed.");
            foreach (KvmRegistration registration in using_)
                registration.Dispose();
            // One that was made for its user ends with it.
            if (isRemoved)
                return;
        }
    }

    /// <summary>Closes it, and takes it back from the VMs that use it; does nothing where that has happened before.</summary>
    public void Dispose()
    {
        try
        {
            Remove(force: true);
        }
        catch (KvmObjectRemovedException)
        {
            // Disposing twice is not an error.
        }
    }

    /// <summary>As long as somebody uses it, it stays open.</summary>
    internal void Attach(KvmRegistration user, string operation)
    {
        lock (gate)
        {
            if (isRemoved)
                throw new KvmObjectRemovedException(operation, this);
            users = users.Add(user);
        }
    }

    /// <summary>Ends a use; one that it was made for says that it ends with its last user.</summary>
    internal void Detach(KvmRegistration user, bool abandon)
    {
        lock (gate)
        {
            users = users.Remove(user);
            isAbandoned |= abandon;
            if (isAbandoned && users.IsEmpty && !isRemoved)
                Close();
        }
    }

    private static KvmEvent? Take(KvmEventFd eventFd)
    {
        if (EventFd.TryRead(eventFd.descriptor, out ulong count, out Errno errno))
            return new KvmEvent(eventFd, count);
        // Another reader can be faster.
        return errno == Errno.EAGAIN ? null : throw new KvmException("read", errno, eventFd);
    }

    private bool TryRemove(out ImmutableArray<KvmRegistration> using_)
    {
        lock (gate)
        {
            using_ = users;
            if (isRemoved)
                throw new KvmObjectRemovedException("close", this);
            if (!using_.IsEmpty)
                return false;
            Close();
            return true;
        }
    }

    private void Close()
    {
        isRemoved = true;
        descriptor.Dispose();
    }
}
