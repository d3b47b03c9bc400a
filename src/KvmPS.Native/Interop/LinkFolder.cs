using System.Runtime.InteropServices;
using System.Text;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Reads a folder of symbolic links, such as /proc/PID/fd, without an object for each.</summary>
/// <remarks>The names are bytes: a host has tens of thousands of them, and few are looked at twice.</remarks>
internal sealed unsafe partial class LinkFolder : IDisposable
{
    private const int NameOffset = 19;
    private const int LongestLink = 4096;

    private readonly Descriptor folder = new();
    private readonly byte[] entries = GC.AllocateUninitializedArray<byte>(1 << 15);
    private readonly byte[] link = GC.AllocateUninitializedArray<byte>(LongestLink);
    private string path = "";
    private int at;
    private int end;

    /// <summary>Begins to read a folder; false with <paramref name="errno"/> where it cannot be opened.</summary>
    public bool TryOpen(string path, out Errno errno)
    {
        this.path = path;
        at = end = 0;
        return Libc.TryOpen(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, folder, out errno);
    }

    /// <summary>The name of the next entry but . and .., with a 0 behind it; empty at the end, and where the folder is gone.</summary>
    /// <exception cref="KvmException">The kernel refused to read on.</exception>
    public ReadOnlySpan<byte> Next()
    {
        while (true)
        {
            if (at >= end && !Fill())
                return [];
            ReadOnlySpan<byte> entry = entries.AsSpan(at, end - at);
            int length = MemoryMarshal.Read<ushort>(entry[16..]);
            at += length;
            ReadOnlySpan<byte> name = entry[NameOffset..length];
            name = name[..(name.IndexOf((byte)0) + 1)];
            if (name[0] != (byte)'.')
                return name;
        }
    }

    /// <summary>Where a link of the folder leads; false where that cannot be told.</summary>
    /// <param name="name">A name that <see cref="Next"/> gave.</param>
    /// <param name="target">The link's text, good until the next call.</param>
    /// <param name="errno">Why not.</param>
    public bool TryReadLink(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> target, out Errno errno)
    {
        fixed (byte* text = name)
        fixed (byte* buffer = link)
        {
            nint length = Libc.ReadLink(folder, text, buffer, (nuint)link.Length, out errno);
            target = length < 0 ? [] : link.AsSpan(0, (int)length);
            return length >= 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    private bool Fill()
    {
        at = 0;
        Errno errno;
        fixed (byte* buffer = entries)
            end = (int)Libc.ReadFolder(folder, buffer, (nuint)entries.Length, out errno);
        return errno is 0 or Errno.ENOENT or Errno.ESRCH ? end > 0 : throw new KvmException("getdents64", errno, path);
    }
}
