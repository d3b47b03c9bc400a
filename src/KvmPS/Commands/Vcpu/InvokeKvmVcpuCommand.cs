using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Invoke-KvmVcpu: KVM_RUN, exit by exit; one vCPU runs after the other.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "KvmVcpu", SupportsShouldProcess = true), OutputType(typeof(KvmExit))]
public sealed class InvokeKvmVcpuCommand : RunVcpuCmdlet
{
    private protected override void Run(KvmVcpu vcpu, VcpuRunner runner)
    {
        using KvmRun run = vcpu.BeginRun();
        runner.Run(run, WriteObject, PipelineStopToken);
    }
}
