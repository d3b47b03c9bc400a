using System.Diagnostics;
using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Host;

/// <summary>Watch-KvmHost: tells when VMs are made and end on this host.</summary>
[Cmdlet(VerbsCommon.Watch, "KvmHost"), OutputType(typeof(KvmHostEvent))]
public sealed class WatchKvmHostCommand : KvmCmdlet
{
    /// <summary>How long at most, in seconds or as a TimeSpan; by default until the pipeline is stopped.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>How many events at most.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxEvent { get; set; } = long.MaxValue;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var clock = Stopwatch.StartNew();
        KvmHostMonitor? opened = null;
        if (!Attempt(() => opened = new KvmHostMonitor()))
            return;
        using KvmHostMonitor monitor = opened!;
        if (KvmHostMonitor.MayHearNothing)
            WriteWarning("This process is in a user namespace, as in a container without root: the kernel tells nothing to network namespaces that belong to one.");
        for (long taken = 0; taken < MaxEvent && Next(monitor, clock) is { } found; taken++)
            WriteObject(found);
    }

    private KvmHostEvent? Next(KvmHostMonitor monitor, Stopwatch clock)
    {
        KvmHostEvent? found = null;
        TimeSpan left = Timeout == System.Threading.Timeout.InfiniteTimeSpan ? Timeout : TimeSpan.FromTicks(Math.Max(0, (Timeout - clock.Elapsed).Ticks));
        return Attempt(() => found = monitor.Next(left, PipelineStopToken)) ? found : null;
    }
}
