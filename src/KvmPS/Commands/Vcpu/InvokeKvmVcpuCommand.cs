using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Vcpu;

/// <summary>Invoke-KvmVcpu: KVM_RUN, exit by exit.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "KvmVcpu", SupportsShouldProcess = true), OutputType(typeof(KvmExit))]
public sealed class InvokeKvmVcpuCommand : KvmCmdlet
{
    private static readonly ExitReason[] AlwaysLast =
        [ExitReason.Intr, ExitReason.Shutdown, ExitReason.SystemEvent, ExitReason.FailEntry, ExitReason.InternalError];

    /// <summary>The vCPUs; one runs after the other.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>How many exits at most.</summary>
    [Parameter]
    [ValidateRange(ValidateRangeKind.Positive)]
    public long MaxExit { get; set; } = long.MaxValue;

    /// <summary>The exits to stop after, instead of Hlt. Those after which there is no going on always end the run.</summary>
    [Parameter]
    public ExitReason[] Until { get; set; } = [ExitReason.Hlt];

    /// <summary>How long at most, in seconds or as a TimeSpan; the last exit is Intr then.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (!ShouldProcess(vcpu.ToString(), "Run (KVM_RUN)"))
                continue;
            try
            {
                Run(vcpu);
            }
            catch (KvmException exception)
            {
                Report(exception);
            }
        }
    }

    private void Run(KvmVcpu vcpu)
    {
        using KvmRun run = vcpu.BeginRun();
        using var timer = new Timer(static run => ((KvmRun)run!).Stop(), run, Timeout, System.Threading.Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration stopping = PipelineStopToken.Register(static run => ((KvmRun)run!).Stop(), run);
        for (long left = MaxExit; left > 0; left--)
        {
            KvmExit exit = run.Next();
            WriteObject(exit);
            if (Array.IndexOf(Until, exit.Reason) >= 0 || Array.IndexOf(AlwaysLast, exit.Reason) >= 0)
                return;
        }
    }
}
