using System.Management.Automation;

namespace KvmPS.Commands;

/// <summary>Shows how far long work is, four times a second at most, and that it is over. Short work shows nothing.</summary>
internal sealed class ProgressReporter(Cmdlet cmdlet, string activity) : IProgress<(long Done, long Total)>, IDisposable
{
    private const long LongWork = 256L << 20;
    private const long Interval = 250;

    private long next = long.MinValue;
    private (long Done, long Total) told;

    /// <summary>So many bytes of so many are done. Only for the pipeline's thread.</summary>
    public void Report((long Done, long Total) value)
    {
        if (value.Total < LongWork || Environment.TickCount64 < next)
            return;
        next = Environment.TickCount64 + Interval;
        told = value;
        Show(ProgressRecordType.Processing);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (told.Done > 0)
            Show(ProgressRecordType.Completed);
    }

    // Hosts keep the records: each has to be another.
    private void Show(ProgressRecordType type) => cmdlet.WriteProgress(
        new ProgressRecord(1, activity, $"{told.Done >> 20} of {told.Total >> 20} MiB")
        {
            PercentComplete = (int)(told.Done * 100 / told.Total),
            RecordType = type,
        });
}
