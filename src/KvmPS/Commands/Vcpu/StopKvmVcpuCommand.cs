using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Stop-KvmVcpu: makes running guests exit.</summary>
[Cmdlet(VerbsLifecycle.Stop, "KvmVcpu", SupportsShouldProcess = true)]
public sealed class StopKvmVcpuCommand : VcpuCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), "Stop"))
                WriteVerbose(vcpu.Stop() ? $"{vcpu} was running." : $"{vcpu} was not running.");
        }
    }
}
