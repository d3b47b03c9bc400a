using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>The system calls that KVM is made of, one method each. errno is read here and nowhere else.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoctlRaw(SafeHandle fd, nuint request, void* argument);

    /// <summary>Issues a request; false with <paramref name="errno"/> where the kernel refused it.</summary>
    /// <remarks>
    /// Interrupted requests are issued again: KVM_CREATE_VM among others answers EINTR when a signal arrives, and the
    /// runtime itself sends signals. KVM_RUN, where EINTR is an answer, does not come through here.
    /// </remarks>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public static bool TryIoctl(SafeHandle fd, in Request request, void* argument, out int result, out Errno errno)
    {
        do
        {
            result = IoctlRaw(fd, request.Value, argument);
            errno = result < 0 ? (Errno)Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.EINTR);
        return result >= 0;
    }

    /// <summary>Opens a file; false with <paramref name="errno"/> where that failed.</summary>
    public static bool TryOpen(string path, OpenFlags flags, Descriptor descriptor, out Errno errno)
    {
        int fd;
        do
        {
            fd = Syscall.open(path, flags | OpenFlags.O_CLOEXEC);
            errno = fd < 0 ? Stdlib.GetLastError() : 0;
        }
        while (errno == Errno.EINTR);
        descriptor.Own(fd);
        return fd >= 0;
    }

    /// <summary>The kernel's text for an errno, such as "Permission denied".</summary>
    public static string Describe(Errno errno) => Stdlib.strerror(errno);
}
