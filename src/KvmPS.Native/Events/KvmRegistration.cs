namespace KvmPS.Native;

/// <summary>Something that is registered with a VM, until it is taken back or the VM ends.</summary>
public abstract class KvmRegistration : IDisposable
{
    private readonly List<(KvmEventFd EventFd, bool Owned)> eventFds = [];

    private protected KvmRegistration(KvmVm vm) => Vm = vm;

    /// <summary>The VM.</summary>
    public KvmVm Vm { get; }

    /// <summary>Whether it is in force.</summary>
    public KvmObjectState State { get; private set; }

    /// <summary>Takes it back from the VM; an eventfd that was made for it is closed.</summary>
    /// <exception cref="KvmObjectRemovedException">It was removed before, with its VM or by itself.</exception>
    public void Remove() => Vm.Unregister(this);

    /// <summary>Takes it back from the VM; does nothing where that has happened before.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        try
        {
            Remove();
        }
        catch (KvmObjectRemovedException)
        {
            // Disposing twice is not an error.
        }
    }

    /// <summary>Tells the kernel.</summary>
    internal abstract void Assign();

    /// <summary>Takes it back from the kernel.</summary>
    internal abstract void Deassign();

    /// <summary>Ends it where the kernel does not know of it, or not any more.</summary>
    internal void Close()
    {
        State = KvmObjectState.Removed;
        foreach ((KvmEventFd eventFd, bool owned) in eventFds)
        {
            eventFd.Detach(this, owned);
        }
    }

    /// <summary>Uses an eventfd that is given, or one that is made for this and ends with it.</summary>
    private protected KvmEventFd Use(KvmEventFd? given, string operation)
    {
        KvmEventFd eventFd = given ?? new KvmEventFd();
        eventFd.Attach(this, operation);
        eventFds.Add((eventFd, given is null));
        return eventFd;
    }
}
