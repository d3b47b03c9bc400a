using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.EventFd;

/// <summary>Wait-KvmEventFd: waits until eventfds are signalled, and takes their counts.</summary>
[Cmdlet(VerbsLifecycle.Wait, "KvmEventFd"), OutputType(typeof(KvmEvent))]
public sealed class WaitKvmEventFdCommand : KvmCmdlet
{
    private readonly List<KvmEventFd> waiting = [];

    /// <summary>The eventfds.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmEventFd[] EventFd { get; set; } = [];

    /// <summary>Waits for the first of them, not for all.</summary>
    [Parameter]
    public SwitchParameter Any { get; set; }

    /// <summary>How long at most, in seconds or as a TimeSpan; 0 only looks.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    protected override void ProcessRecord() => waiting.AddRange(EventFd);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (waiting.Count > 0)
        {
            TimeSpan left = Timeout == System.Threading.Timeout.InfiniteTimeSpan
                ? Timeout
                : TimeSpan.FromTicks(Math.Max(0, (Timeout - clock.Elapsed).Ticks));
            IReadOnlyList<KvmEvent> taken;
            try
            {
                taken = KvmEventFd.Wait(waiting, left, PipelineStopToken);
            }
            catch (KvmException exception)
            {
                Report(exception);
                waiting.RemoveAll(eventFd => eventFd == exception.Subject);
                continue;
            }
            foreach (KvmEvent one in taken)
                WriteObject(one);
            if (Any || taken.Count == 0)
                return;
            waiting.RemoveAll(eventFd => taken.Any(one => one.EventFd == eventFd));
        }
    }
}
