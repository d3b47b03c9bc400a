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
        // A FIFO would wait for somebody at its other end.
        OpenFlags flags = OpenFlags.O_NONBLOCK | (writable ? OpenFlags.O_RDWR : OpenFlags.O_RDONLY);
        bool isNew = false;
        if (!Libc.TryOpen(path, flags, file, out Errno errno))
        {
            isNew = writable && errno == Errno.ENOENT;
            if (!isNew || !Libc.TryOpen(path, flags | OpenFlags.O_CREAT, file, out errno))
                throw new KvmException("open", errno, path);
        }
        try
        {
            return MapFile(options, path, file, writable);
        }
        catch (KvmException) when (isNew)
        {
            _ = Syscall.unlink(path);
            throw;
        }
    }

    private static Mapping MapFile(KvmMemoryOptions options, string path, Descriptor file, bool writable)
    {
        ulong needed = options.Offset + options.Size;
        if (!Libc.TryGetSize(file, out long size, out Errno errno))
            throw errno == Errno.ENODEV
                ? new KvmException("mmap", errno, path, $"{path} is no regular file.")
                : new KvmException("fstat", errno, path);
        if ((ulong)size < needed)
        {
            if (!writable)
                throw new KvmException("mmap", Errno.EINVAL, path, $"{path} has {size} bytes, the slot needs {needed}.");
            if (!Libc.TrySetSize(file, (long)needed, out errno))
                throw new KvmException("ftruncate", errno, path);
        }
        return Mapping.OfFile(file, options.Offset, options.Size, writable, path);
    }
}
