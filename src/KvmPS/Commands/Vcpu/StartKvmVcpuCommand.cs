using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Start-KvmVcpu: runs vCPUs in the background, each as a job.</summary>
[Cmdlet(VerbsLifecycle.Start, "KvmVcpu", SupportsShouldProcess = true), OutputType(typeof(KvmVcpuJob))]
public sealed class StartKvmVcpuCommand : RunVcpuCmdlet
{
    private protected override void Run(KvmVcpu vcpu, VcpuRunner runner)
    {
        var job = new KvmVcpuJob(vcpu, MyInvocation.Line.Trim(), runner);
        job.Start();
        JobRepository.Add(job);
        WriteObject(job);
    }
}
