using Microsoft.Win32.SafeHandles;

namespace KvmPS.Commands.Memory;

/// <summary>A file that tells how much of it was read or written.</summary>
/// <param name="file">The open file, which it owns.</param>
/// <param name="access">What is done with it.</param>
/// <param name="total">How much there will be.</param>
/// <param name="progress">Is told.</param>
internal sealed class ProgressFile(SafeFileHandle file, FileAccess access, long total, IProgress<(long Done, long Total)> progress)
    : FileStream(file, access, bufferSize: 0)
{
    private long done;

    public override int Read(Span<byte> buffer)
    {
        int count = base.Read(buffer);
        progress.Report((done += count, total));
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        base.Write(buffer);
        progress.Report((done += buffer.Length, total));
    }
}
