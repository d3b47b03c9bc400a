using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>The one owner of a range of mapped memory.</summary>
internal sealed class Mapping() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private ulong length;

    public override bool IsInvalid => handle == 0;

    /// <summary>Maps anonymous private memory that is readable and writable between two guard pages.</summary>
    /// <param name="size">Bytes between the guard pages, a multiple of the page size.</param>
    /// <returns>The owner, and the address of the first byte behind the leading guard page.</returns>
    public static (Mapping Owner, nint Start) BetweenGuardPages(int size)
    {
        int page = Environment.SystemPageSize;
        var mapping = new Mapping { length = (ulong)size + 2 * (ulong)page };
        nint address = Syscall.mmap(
            0, mapping.length, MmapProts.PROT_NONE, MmapFlags.MAP_PRIVATE | MmapFlags.MAP_ANONYMOUS, -1, 0);
        if (address == Syscall.MAP_FAILED)
            throw new KvmException("mmap", Stdlib.GetLastError(), $"a buffer of {size} bytes");
        mapping.SetHandle(address);
        if (Syscall.mprotect(address + page, (ulong)size, MmapProts.PROT_READ | MmapProts.PROT_WRITE) == 0)
            return (mapping, address + page);
        Errno errno = Stdlib.GetLastError();
        mapping.Dispose();
        throw new KvmException("mprotect", errno, $"a buffer of {size} bytes");
    }

    protected override bool ReleaseHandle() => Syscall.munmap(handle, length) == 0;
}
