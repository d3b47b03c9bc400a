namespace KvmPS.Commands.Memory;

/// <summary>A file that tells how much of it was read or written.</summary>
internal sealed class ProgressFile(string path, FileStreamOptions options, long total, IProgress<(long Done, long Total)> progress)
    : FileStream(path, options)
{
    private const int Part = 16 << 20;

    private long done;

    public override int Read(Span<byte> buffer)
    {
        int count = base.Read(buffer[..Math.Min(buffer.Length, Part)]);
        progress.Report((done += count, total));
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            ReadOnlySpan<byte> part = buffer[..Math.Min(buffer.Length, Part)];
            base.Write(part);
            progress.Report((done += part.Length, total));
            buffer = buffer[part.Length..];
        }
    }
}
