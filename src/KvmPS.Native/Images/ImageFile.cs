using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A file that a guest is made of. Nothing that it says is believed.</summary>
internal sealed class ImageFile : IDisposable
{
    private readonly KvmVm vm;
    private readonly string path;
    private readonly FileStream file;

    /// <exception cref="IOException">It does not exist, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public ImageFile(KvmVm vm, string path)
    {
        this.vm = vm;
        this.path = path;
        file = new FileStream(RegularFile.OpenRead(path), FileAccess.Read, bufferSize: 0);
        Length = (ulong)file.Length;
        if (Length > 0)
            return;
        file.Dispose();
        throw Malformed("it is empty");
    }

    public ulong Length { get; }

    public void Dispose() => file.Dispose();

    public KvmException Malformed(string problem) =>
        new(ImagePlan.Operation, Errno.ENOEXEC, vm, $"{path} cannot be loaded into {vm}: {problem}.");

    /// <summary>Reads a part of the file that has to be there.</summary>
    public byte[] Read(ulong offset, ulong length, string what)
    {
        ThrowUnlessInside(offset, length, what);
        byte[] bytes = new byte[length];
        ReadExactly(offset, bytes);
        return bytes;
    }

    public void ThrowUnlessInside(ulong offset, ulong length, string what)
    {
        if (offset > Length || length > Length - offset)
            throw Malformed($"{what}, 0x{length:X} bytes from 0x{offset:X} on, would be beyond its end at 0x{Length:X}");
    }

    public void ReadExactly(ulong offset, Span<byte> buffer)
    {
        file.Position = (long)offset;
        try
        {
            file.ReadExactly(buffer);
        }
        catch (EndOfStreamException)
        {
            throw Malformed("somebody has shortened it meanwhile");
        }
    }
}
