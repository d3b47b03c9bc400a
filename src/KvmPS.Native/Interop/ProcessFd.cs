using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Descriptors of other processes (pidfd_open(2), pidfd_getfd(2), since Linux 5.6).</summary>
internal static partial class ProcessFd
{
    // The same on all architectures.
    private const nint PidfdOpen = 434;
    private const nint PidfdGetFd = 438;

    /// <summary>Takes a duplicate of a descriptor of another process; needs the rights to trace it.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="fd">The descriptor's number there.</param>
    /// <param name="errno">EPERM: we may not; ESRCH: it has ended; EBADF: it is closed.</param>
    /// <returns>The duplicate; invalid where that failed.</returns>
    public static Descriptor Take(int processId, int fd, out Errno errno)
    {
        var taken = new Descriptor();
        using var process = new Descriptor();
        process.Own((int)Call("pidfd_open", PidfdOpen, processId, 0, out errno));
        if (errno == 0)
            taken.Own((int)Call("pidfd_getfd", PidfdGetFd, process.Number, fd, out errno));
        return taken;
    }

    private static nint Call(string name, nint number, nint first, nint second, out Errno errno)
    {
        if (FaultPlan.Fails(name, out errno))
            return -1;
        nint result = SystemCall(number, first, second, 0);
        errno = result < 0 ? (Errno)Marshal.GetLastPInvokeError() : 0;
        return result;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint flags);
}
