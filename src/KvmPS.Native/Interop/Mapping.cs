using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>The one owner of a range of mapped memory.</summary>
/// <remarks>Whoever uses the memory holds a reference: it is unmapped after the last one was given back.</remarks>
internal sealed class Mapping() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private const MmapProts ReadWrite = MmapProts.PROT_READ | MmapProts.PROT_WRITE;

    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes that are mapped.</summary>
    public ulong Length { get; private init; }

    /// <summary>Where the first byte lies.</summary>
    public nint Address => handle;

    /// <summary>Maps anonymous private memory that is readable and writable between two guard pages.</summary>
    /// <param name="size">Bytes between the guard pages, a multiple of the page size.</param>
    /// <returns>The owner, and the address of the first byte behind the leading guard page.</returns>
    public static (Mapping Owner, nint Start) BetweenGuardPages(int size)
    {
        int page = Environment.SystemPageSize;
        string subject = $"a buffer of {size} bytes";
        Mapping mapping = Map(
            (ulong)size + 2 * (ulong)page, MmapProts.PROT_NONE, MmapFlags.MAP_PRIVATE | MmapFlags.MAP_ANONYMOUS, -1, 0, subject);
        if (Libc.TryAllowAccess(mapping.handle + page, (ulong)size, out Errno errno))
            return (mapping, mapping.handle + page);
        mapping.Dispose();
        throw new KvmException("mprotect", errno, subject);
    }

    /// <summary>Reserves memory of which a page costs nothing until it is written.</summary>
    public static Mapping Anonymous(ulong length, object subject) =>
        Map(length, ReadWrite, MmapFlags.MAP_PRIVATE | MmapFlags.MAP_ANONYMOUS | MmapFlags.MAP_NORESERVE, -1, 0, subject);

    /// <summary>Maps a file, or what a descriptor of the kernel's offers, so that what is written there is in it.</summary>
    public static Mapping OfFile(SafeHandle file, ulong offset, ulong length, bool writable, object subject)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Map(
                length, writable ? ReadWrite : MmapProts.PROT_READ, MmapFlags.MAP_SHARED, (int)file.DangerousGetHandle(),
                (long)offset, subject);
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    /// <summary>Takes a reference; false where the memory is unmapped already.</summary>
    public bool TryHold()
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
        }
        catch (ObjectDisposedException)
        {
            // What is unmapped cannot be held; the caller says what that means.
        }
        return held;
    }

    protected override bool ReleaseHandle() => Libc.TryUnmap(handle, Length);

    private static Mapping Map(ulong length, MmapProts protection, MmapFlags flags, int fd, long offset, object subject)
    {
        var mapping = new Mapping { Length = length };
        if (!Libc.TryMap(length, protection, flags, fd, offset, out nint address, out Errno errno))
            throw new KvmException("mmap", errno, subject);
        mapping.SetHandle(address);
        return mapping;
    }
}
