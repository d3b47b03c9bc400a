using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Where the memory of a slot comes from.</summary>
internal static class MemoryBacking
{
    public static Mapping Map(KvmMemoryOptions options, KvmVm vm)
    {
        Mapping mapping = options.Path is null ? Mapping.Anonymous(options.Size, vm) : MapFile(options, options.Path);
        if (!options.HugePages || Libc.TryAdviseHugePages(mapping, out Errno errno))
            return mapping;
        mapping.Dispose();
        throw new KvmException("madvise", errno, vm);
    }

    private static Mapping MapFile(KvmMemoryOptions options, string path)
    {
        bool writable = !options.Flags.HasFlag(KvmMemoryFlags.ReadOnly);
        using var file = new Descriptor();
        OpenFlags flags = writable ? OpenFlags.O_RDWR | OpenFlags.O_CREAT : OpenFlags.O_RDONLY;
        if (!Libc.TryOpen(path, flags, file, out Errno errno))
            throw new KvmException("open", errno, path);
        ulong needed = options.Offset + options.Size;
        if (Syscall.fstat(file.Number, out Stat stat) != 0)
            throw new KvmException("fstat", Stdlib.GetLastError(), path);
        if ((ulong)stat.st_size < needed)
        {
            if (!writable)
                throw new KvmException("mmap", Errno.EINVAL, path, $"{path} has {stat.st_size} bytes, the slot needs {needed}.");
            if (Syscall.ftruncate(file.Number, (long)needed) != 0)
                throw new KvmException("ftruncate", Stdlib.GetLastError(), path);
        }
        return Mapping.OfFile(file, options.Offset, options.Size, writable, path);
    }
}
