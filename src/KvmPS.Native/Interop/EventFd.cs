using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>eventfd(2), and what is done with one.</summary>
internal static partial class EventFd
{
    private const int EFD_SEMAPHORE = 1;
    private const int EFD_NONBLOCK = 0x800;
    private const int EFD_CLOEXEC = 0x80000;

    /// <summary>Makes an eventfd; false with <paramref name="errno"/> where that failed.</summary>
    public static bool TryCreate(uint initial, bool semaphore, Descriptor descriptor, out Errno errno)
    {
        int flags = EFD_CLOEXEC | EFD_NONBLOCK | (semaphore ? EFD_SEMAPHORE : 0);
        bool made = TryCall("eventfd", () => Create(initial, flags), out nint fd, out errno);
        descriptor.Own((int)fd);
        return made;
    }

    /// <summary>Takes the count; false with EAGAIN where it is 0.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public static bool TryRead(Descriptor descriptor, out ulong count, out Errno errno)
    {
        ulong read = 0;
        bool done = TryCall("read", () => Read(descriptor, ref read, sizeof(ulong)), out _, out errno);
        count = read;
        return done;
    }

    /// <summary>Adds to the count; false with EAGAIN where it would become too large.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public static bool TryWrite(Descriptor descriptor, ulong value, out Errno errno) =>
        TryCall("write", () => Write(descriptor, value, sizeof(ulong)), out _, out errno);

    private static bool TryCall(string name, Func<nint> call, out nint result, out Errno errno)
    {
        do
        {
            result = FaultPlan.Fails(name, out errno) ? -1 : call();
            errno = result < 0 && errno == 0 ? (Errno)Marshal.GetLastPInvokeError() : errno;
        }
        while (errno == Errno.EINTR);
        return errno == 0;
    }

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int Create(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeHandle fd, ref ulong count, nuint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle fd, in ulong count, nuint size);
}
