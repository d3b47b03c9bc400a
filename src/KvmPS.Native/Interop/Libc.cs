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
            TryIoctlOnce(fd, request, argument, out result, out errno);
        }
        while (errno == Errno.EINTR);
        return result >= 0;
    }

    /// <summary>As <see cref="TryIoctl"/>, with EINTR as an answer.</summary>
    public static bool TryIoctlOnce(SafeHandle fd, in Request request, void* argument, out int result, out Errno errno)
    {
        if (FaultPlan.Fails(request.Name, out errno))
        {
            result = -1;
            return false;
        }
        result = IoctlRaw(fd, request.Value, argument);
        errno = result < 0 ? (Errno)Marshal.GetLastPInvokeError() : 0;
        return result >= 0;
    }

    /// <summary>Opens a file; false with <paramref name="errno"/> where that failed. A file that is made is its owner's alone.</summary>
    public static bool TryOpen(string path, OpenFlags flags, Descriptor descriptor, out Errno errno)
    {
        int fd;
        do
        {
            fd = FaultPlan.Fails("open", out errno)
                ? -1
                : Syscall.open(path, flags | OpenFlags.O_CLOEXEC, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR);
            errno = fd < 0 && errno == 0 ? Stdlib.GetLastError() : errno;
        }
        while (errno == Errno.EINTR);
        descriptor.Own(fd);
        return fd >= 0;
    }

    /// <summary>Closes a descriptor, once: Linux frees it even when close(2) answers EINTR or EIO.</summary>
    public static bool TryClose(int descriptor) => Syscall.close(descriptor) == 0 && !FaultPlan.Fails("close", out _);

    /// <summary>Sets FD_CLOEXEC.</summary>
    public static bool TryKeepFromChildren(Descriptor descriptor, out Errno errno)
    {
        const int FD_CLOEXEC = 1;
        errno = FaultPlan.Fails("fcntl", out errno) || Syscall.fcntl(descriptor.Number, FcntlCommand.F_SETFD, FD_CLOEXEC) == 0
            ? errno
            : Stdlib.GetLastError();
        return errno == 0;
    }

    /// <summary>Maps memory; false with <paramref name="errno"/> where that failed.</summary>
    public static bool TryMap(
        ulong length, MmapProts protection, MmapFlags flags, int fd, long offset, out nint address, out Errno errno)
    {
        address = Syscall.MAP_FAILED;
        if (FaultPlan.Fails("mmap", out errno))
            return false;
        address = Mmap(0, (nuint)length, NativeConvert.FromMmapProts(protection), NativeConvert.FromMmapFlags(flags), fd, offset);
        errno = address == Syscall.MAP_FAILED ? (Errno)Marshal.GetLastPInvokeError() : 0;
        return errno == 0;
    }

    /// <summary>Unmaps memory.</summary>
    public static bool TryUnmap(nint address, ulong length) =>
        Syscall.munmap(address, length) == 0 && !FaultPlan.Fails("munmap", out _);

    /// <summary>Makes mapped memory readable and writable.</summary>
    public static bool TryAllowAccess(nint address, ulong length, out Errno errno)
    {
        errno = FaultPlan.Fails("mprotect", out errno) || Syscall.mprotect(address, length, MmapProts.PROT_READ | MmapProts.PROT_WRITE) == 0
            ? errno
            : Stdlib.GetLastError();
        return errno == 0;
    }

    /// <summary>The size of an open file in bytes; ENODEV where it is no regular file.</summary>
    public static bool TryGetSize(Descriptor file, out long size, out Errno errno)
    {
        size = 0;
        if (FaultPlan.Fails("fstat", out errno))
            return false;
        errno = Syscall.fstat(file.Number, out Stat stat) != 0 ? Stdlib.GetLastError()
            : (stat.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG ? 0
            : Errno.ENODEV;
        size = stat.st_size;
        return errno == 0;
    }

    /// <summary>Makes an open file as long as this.</summary>
    public static bool TrySetSize(Descriptor file, long size, out Errno errno)
    {
        FileSizeLimit.IsAnErrno();
        do
        {
            errno = FaultPlan.Fails("ftruncate", out errno) || Syscall.ftruncate(file.Number, size) == 0 ? errno : Stdlib.GetLastError();
        }
        while (errno == Errno.EINTR);
        return errno == 0;
    }

    /// <summary>Copies between this process's own addresses; where that fails EFAULT is an answer, not a signal.</summary>
    /// <remarks>A file that somebody shortens takes the pages behind its end with it: touching them ends the process.</remarks>
    public static bool TryCopy(void* destination, void* source, nuint length, out Errno errno)
    {
        while (length > 0)
        {
            var to = new IoVector { Start = destination, Length = length };
            var from = new IoVector { Start = source, Length = length };
            nint copied = FaultPlan.Fails("process_vm_readv", out errno)
                ? -1
                : ProcessVmReadv(Environment.ProcessId, &to, 1, &from, 1, 0);
            if (copied < 0 && errno == 0)
                errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EINTR)
                continue;
            if (copied <= 0)
                return false;
            destination = (byte*)destination + copied;
            source = (byte*)source + copied;
            length -= (nuint)copied;
        }
        errno = 0;
        return true;
    }

    /// <summary>Asks for huge pages where the kernel can give some.</summary>
    public static bool TryAdviseHugePages(Mapping mapping, out Errno errno)
    {
        const int MADV_HUGEPAGE = 14;
        if (FaultPlan.Fails("madvise", out errno))
            return false;
        errno = Madvise(mapping, (nuint)mapping.Length, MADV_HUGEPAGE) == 0 ? 0 : (Errno)Marshal.GetLastPInvokeError();
        return errno == 0;
    }

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ProcessVmReadv(
        int pid, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    // Syscall.mmap was seen to lose its errno.
    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Madvise(SafeHandle address, nuint length, int advice);

    /// <summary>Reads a part of an open file, as much as there is.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public static bool TryReadAt(SafeHandle file, Span<byte> buffer, long offset, out int length, out Errno errno)
    {
        fixed (byte* target = buffer)
        {
            do
            {
                nint read = FaultPlan.Fails("pread", out errno) ? -1 : PRead(file, target, (nuint)buffer.Length, offset);
                errno = read < 0 && errno == 0 ? (Errno)Marshal.GetLastPInvokeError() : errno;
                length = (int)Math.Max(read, 0);
            }
            while (errno == Errno.EINTR);
            return errno == 0;
        }
    }

    [LibraryImport("libc", EntryPoint = "pread64", SetLastError = true)]
    private static partial nint PRead(SafeHandle fd, byte* buffer, nuint size, long offset);

    /// <summary>Reads entries of an open folder (struct linux_dirent64): their size in bytes; 0 at the end.</summary>
    public static nint ReadFolder(SafeHandle folder, byte* buffer, nuint size, out Errno errno)
    {
        nint length;
        do
        {
            length = FaultPlan.Fails("getdents64", out errno) ? -1 : GetDents(folder, buffer, size);
            errno = length < 0 && errno == 0 ? (Errno)Marshal.GetLastPInvokeError() : errno;
        }
        while (errno == Errno.EINTR);
        return length;
    }

    /// <summary>Reads a symbolic link: the length of its text, less than 0 with <paramref name="errno"/> where that failed.</summary>
    public static nint ReadLink(SafeHandle folder, byte* name, byte* buffer, nuint size, out Errno errno)
    {
        nint length;
        do
        {
            length = FaultPlan.Fails("readlinkat", out errno) ? -1 : ReadLinkAt(folder, name, buffer, size);
            errno = length < 0 && errno == 0 ? (Errno)Marshal.GetLastPInvokeError() : errno;
        }
        while (errno == Errno.EINTR);
        return length;
    }

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetDents(SafeHandle folder, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(SafeHandle folder, byte* name, byte* buffer, nuint size);

    /// <summary>Waits until one of several descriptors can be read; an interrupted wait is one in which nothing happened.</summary>
    /// <param name="descriptors">The descriptors.</param>
    /// <param name="milliseconds">How long at most.</param>
    /// <param name="isReady">Whether one can be read.</param>
    /// <param name="errno">Why the kernel refused.</param>
    /// <exception cref="ObjectDisposedException">One of them was closed before.</exception>
    public static bool TryPoll(IReadOnlyList<Descriptor> descriptors, int milliseconds, out bool isReady, out Errno errno)
    {
        var held = new bool[descriptors.Count];
        try
        {
            var polled = new Pollfd[descriptors.Count];
            for (int i = 0; i < polled.Length; i++)
            {
                descriptors[i].DangerousAddRef(ref held[i]);
                polled[i] = new Pollfd { fd = descriptors[i].Number, events = PollEvents.POLLIN };
            }
            int ready = FaultPlan.Fails("poll", out errno) ? -1 : Syscall.poll(polled, milliseconds);
            errno = ready < 0 && errno == 0 ? Stdlib.GetLastError() : errno;
            isReady = ready > 0;
            return errno is 0 or Errno.EINTR;
        }
        finally
        {
            for (int i = 0; i < held.Length; i++)
            {
                if (held[i])
                    descriptors[i].DangerousRelease();
            }
        }
    }

    private struct IoVector
    {
        public void* Start;
        public nuint Length;
    }

    /// <summary>The running kernel's release, as uname -r.</summary>
    public static string KernelRelease => Syscall.uname(out Utsname name) == 0 ? name.release : "";

    /// <summary>The kernel's text for an errno, such as "Permission denied".</summary>
    public static string Describe(Errno errno) => Stdlib.strerror(errno);
}
