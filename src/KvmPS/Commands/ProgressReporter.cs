using System.Management.Automation;

namespace KvmPS.Commands;

/// <summary>Shows how far long work is, four times a second at most, and that it is over. Short work shows nothing.</summary>
internal sealed class ProgressReporter(Cmdlet cmdlet, string activity, long total) : IDisposable
{
    private const long LongWork = 256L << 20;
    private const long Interval = 250;

    private long next = long.MinValue;
    private long told;

    /// <summary>So many bytes are done. Only for the pipeline's thread.</summary>
    public void Tell(long done)
    {
        if (total < LongWork || Environment.TickCount64 < next)
            return;
        next = Environment.TickCount64 + Interval;
        told = done;
        Show(ProgressRecordType.Processing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (told > 0)
            Show(ProgressRecordType.Completed);
    }

    // Hosts keep the records: each has to be another.
    private void Show(ProgressRecordType type) => cmdlet.WriteProgress(
        new ProgressRecord(1, activity, $"{told >> 20} of {total >> 20} MiB")
        {
            PercentComplete = (int)(told * 100 / total),
            RecordType = type,
        });
}
