using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Stop-KvmVcpu: makes running guests exit.</summary>
[Cmdlet(VerbsLifecycle.Stop, "KvmVcpu", SupportsShouldProcess = true)]
public sealed class StopKvmVcpuCommand : KvmCmdlet
{
    /// <summary>The vCPUs; those that nobody runs are left as they are.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

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
