using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Remove-KvmVcpu: closes a vCPU's handle.</summary>
[Cmdlet(VerbsCommon.Remove, "KvmVcpu", SupportsShouldProcess = true)]
public sealed class RemoveKvmVcpuCommand : VcpuCmdlet
{
    /// <summary>Also while it is running: it is stopped.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), "Remove; the kernel keeps its id until the VM ends"))
                Attempt(() => vcpu.Remove(Force));
        }
    }
}
