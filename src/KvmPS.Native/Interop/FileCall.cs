using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>The system calls that .NET makes on files for us: they ask <see cref="FaultPlan"/> too.</summary>
/// <remarks>What fails is an <see cref="IOException"/> with the errno as its HResult, or an <see cref="UnauthorizedAccessException"/>.</remarks>
internal static class FileCall
{
    /// <summary>Asked before a call.</summary>
    /// <param name="call">Its name.</param>
    /// <param name="path">The file.</param>
    public static void Check(string call, string path)
    {
        while (FaultPlan.Fails(call, out Errno errno))
        {
            // .NET makes an interrupted call again.
            if (errno == Errno.EINTR)
                continue;
            throw errno is Errno.EACCES or Errno.EPERM
                ? new UnauthorizedAccessException(Failure(errno, path).Message)
                : Failure(errno, path);
        }
    }

    public static void Read(FileStream file, Span<byte> bytes)
    {
        Check("read", file.Name);
        file.ReadExactly(bytes);
    }

    public static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        Check("write", file.Name);
        try
        {
            file.Write(bytes);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw TooLarge(file);
        }
    }

    public static void SetLength(FileStream file, long length)
    {
        Check("ftruncate", file.Name);
        try
        {
            file.SetLength(length);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw TooLarge(file);
        }
    }

    /// <summary>Returns when the file is on its medium: a full or broken one may say so only then.</summary>
    public static void Synchronize(FileStream file)
    {
        Check("fsync", file.Name);
        file.Flush(flushToDisk: true);
    }

    // .NET takes EFBIG for a wrong argument.
    private static IOException TooLarge(FileStream file) => Failure(Errno.EFBIG, file.Name);

    private static IOException Failure(Errno errno, string path) => new($"{Libc.Describe(errno)} : '{path}'", (int)errno);
}
