using KvmPS.Native.Interop;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>Opens and makes files that are regular ones.</summary>
/// <remarks>A FIFO or a terminal would wait for somebody at its other end, where no Ctrl-C reaches.</remarks>
public static class RegularFile
{
    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="followLink">Whether the path may be a symbolic link.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="IOException">It is something else, or cannot be opened.</exception>
    public static SafeFileHandle OpenRead(string path, bool followLink = true)
    {
        using var file = new Descriptor();
        Open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK | (followLink ? 0 : OpenFlags.O_NOFOLLOW), file);
        if (!Libc.TryGetSize(file, out _, out Errno errno))
            throw new IOException(errno == Errno.ENODEV ? $"{path} is no regular file." : $"{path}: {Libc.Describe(errno)}.", (int)errno);
        return new SafeFileHandle(file.Release(), ownsHandle: true);
    }

    /// <summary>Makes a file, its owner's alone, and opens it for writing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    /// <exception cref="IOException">There is something of that name, or it cannot be made.</exception>
    public static SafeFileHandle CreateNew(string path)
    {
        FileSizeLimit.IsAnErrno();
        using var file = new Descriptor();
        Open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, file);
        return new SafeFileHandle(file.Release(), ownsHandle: true);
    }

    private static void Open(string path, OpenFlags flags, Descriptor file)
    {
        if (Libc.TryOpen(path, flags, file, out Errno errno))
            return;
        throw errno switch
        {
            Errno.ENOENT => new FileNotFoundException($"{path} does not exist.", path),
            Errno.EACCES or Errno.EPERM => new UnauthorizedAccessException($"{path}: {Libc.Describe(errno)}."),
            Errno.ELOOP => new IOException($"{path} is a symbolic link.", (int)errno),
            _ => new IOException($"{path}: {Libc.Describe(errno)}.", (int)errno),
        };
    }
}
