using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Vcpu;

/// <summary>What the cmdlets share that run vCPUs.</summary>
public abstract class RunVcpuCmdlet : KvmCmdlet
{
    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>How many exits at most.</summary>
    [Parameter]
    [ValidateRange(ValidateRangeKind.Positive)]
    public long MaxExit { get; set; } = long.MaxValue;

    /// <summary>The exits to stop after, instead of Hlt. Those after which there is no going on always end the run.</summary>
    [Parameter]
    [ValidateNotNull]
    public ExitReason[] Until { get; set; } = [ExitReason.Hlt];

    /// <summary>How long at most, in seconds or as a TimeSpan; the last exit is Intr then.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var runner = new VcpuRunner(MaxExit, Until, Timeout);
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (!ShouldProcess(vcpu.ToString(), "Run (KVM_RUN)"))
                continue;
            try
            {
                Run(vcpu, runner);
            }
            catch (KvmException exception)
            {
                Report(exception);
            }
        }
    }

    private protected abstract void Run(KvmVcpu vcpu, VcpuRunner runner);
}
