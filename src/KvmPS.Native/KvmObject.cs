using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>Something that answers KVM ioctls: the host's /dev/kvm, a VM, a vCPU or a device.</summary>
public abstract partial class KvmObject
{
    private protected KvmObject()
    {
    }

    /// <summary>Which requests this kind of object answers.</summary>
    public abstract RequestScope Scope { get; }

    /// <summary>Issues a request whose argument is in memory; false with the errno where the kernel refused it.</summary>
    /// <exception cref="KvmObjectRemovedException">The object was removed before.</exception>
    internal abstract unsafe bool TryIoctl(in Request request, void* argument, out int result, out Errno errno);

    /// <summary>Issues a request whose argument is in memory.</summary>
    internal unsafe int Ioctl<T>(in Request request, ref T argument) where T : unmanaged
    {
        fixed (T* pointer = &argument)
            return Ioctl(request, pointer);
    }

    /// <summary>Issues a request whose argument is a number, not a pointer.</summary>
    internal unsafe int Ioctl(in Request request, nuint value = 0) => Ioctl(request, (void*)value);

    private protected unsafe int Ioctl(in Request request, void* argument) =>
        TryIoctl(request, argument, out int result, out Errno errno)
            ? result
            : throw KvmException.From(request.Name, errno, this);

    /// <summary>Issues any request with an argument of the caller's, as an escape hatch.</summary>
    /// <param name="request">The request; its size says how many bytes the kernel copies.</param>
    /// <param name="buffer">
    /// The argument in memory, read and written in place; at least as long as <see cref="Request.ArgumentSize"/>. Requests
    /// with a flexible array (KVM_GET_MSRS, KVM_SET_CPUID2 …) take more than that.
    /// </param>
    /// <returns>What ioctl(2) returned: 0, a count or a file descriptor that then belongs to the caller.</returns>
    /// <exception cref="ArgumentException">The buffer is shorter than the request's argument.</exception>
    /// <exception cref="KvmException">The kernel refused the request.</exception>
    public unsafe int Ioctl(Request request, Span<byte> buffer)
    {
        if (buffer.Length < request.ArgumentSize)
            throw new ArgumentException($"{request.Name} takes {request.ArgumentSize} bytes, the buffer has {buffer.Length}.", nameof(buffer));
        Span<byte> guarded = GuardedBuffer.Rent(buffer.Length);
        buffer.CopyTo(guarded);
        fixed (byte* pointer = guarded)
        {
            int result = Ioctl(request, pointer);
            guarded.CopyTo(buffer);
            return result;
        }
    }

    /// <summary>Issues any request whose argument is a number.</summary>
    /// <inheritdoc cref="Ioctl(Request, Span{byte})"/>
    public int Ioctl(Request request, ulong value) => Ioctl(request, (nuint)value);
}
