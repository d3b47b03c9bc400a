using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Wait-KvmVcpu: waits until nobody runs the vCPUs any more, and emits those of which that is true.</summary>
[Cmdlet(VerbsLifecycle.Wait, "KvmVcpu"), OutputType(typeof(KvmVcpu))]
public sealed class WaitKvmVcpuCommand : VcpuCmdlet
{
    private readonly List<KvmVcpu> vcpus = [];

    /// <summary>How long to wait for all of them, in seconds or as a TimeSpan.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <inheritdoc/>
    protected override void ProcessRecord() => vcpus.AddRange(Vcpu);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(PipelineStopToken);
        patience.CancelAfter(Timeout);
        foreach (KvmVcpu vcpu in vcpus)
        {
            if (vcpu.Wait(patience.Token))
                WriteObject(vcpu);
        }
    }
}
