using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A KVM object that lives as long as its file descriptor: a VM, a vCPU or a device.</summary>
public abstract class KvmDescriptorObject : KvmObject, IDisposable
{
    private volatile bool isRemoved;

    private protected KvmDescriptorObject(Descriptor descriptor) => Descriptor = descriptor;

    private protected Descriptor Descriptor { get; }

    /// <summary>The file descriptor's number in this process; -1 once the object was removed.</summary>
    public int Fd => Descriptor.Number;

    /// <summary>Whether the object can be used.</summary>
    public virtual KvmObjectState State => isRemoved ? KvmObjectState.Removed : KvmObjectState.Open;

    internal override unsafe bool TryIoctl(in Request request, void* argument, out int result, out Errno errno)
    {
        try
        {
            return Libc.TryIoctl(Descriptor, request, argument, out result, out errno);
        }
        catch (ObjectDisposedException)
        {
            throw new KvmObjectRemovedException(request.Name, this);
        }
    }

    /// <summary>Throws where the object was removed before <paramref name="operation"/> could be issued.</summary>
    private protected void ThrowIfRemoved(string operation)
    {
        if (State == KvmObjectState.Removed)
            throw new KvmObjectRemovedException(operation, this);
    }

    private protected unsafe void EnableCapabilityCore(uint capability, ReadOnlySpan<ulong> arguments)
    {
        var enable = new kvm_enable_cap { cap = capability };
        if (arguments.Length > 4)
            throw new ArgumentException("KVM_ENABLE_CAP takes at most 4 arguments.", nameof(arguments));
        for (int i = 0; i < arguments.Length; i++)
            enable.args[i] = arguments[i];
        Ioctl(Requests.KVM_ENABLE_CAP, ref enable);
    }

    /// <summary>Ends the object as its class says; does nothing where that has happened before.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        try
        {
            End();
        }
        catch (KvmObjectRemovedException)
        {
            // Disposing twice is not an error.
        }
    }

    /// <summary>Ends the object, or says that it was removed before.</summary>
    private protected abstract void End();

    /// <summary>Closes the descriptor; a call that is inside the kernel still finishes on it.</summary>
    internal virtual void Close()
    {
        isRemoved = true;
        Descriptor.Dispose();
    }
}

/// <summary>Whether a KVM object can be used.</summary>
public enum KvmObjectState
{
    /// <summary>Its file descriptor is open.</summary>
    Open,

    /// <summary>A vCPU that somebody runs.</summary>
    Running,

    /// <summary>It was removed and answers nothing but errors that say so.</summary>
    Removed,
}
