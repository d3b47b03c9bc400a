using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Initialize-KvmVcpu: makes vCPUs of arm64 ones that can run, or resets them.</summary>
[Cmdlet(VerbsData.Initialize, "KvmVcpu", SupportsShouldProcess = true)]
public sealed class InitializeKvmVcpuCommand : VcpuCmdlet
{
    /// <summary>What they shall have beyond the least; all vCPUs of a VM have the same features.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNull]
    public KvmArm64Feature[] Feature { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), $"Initialize {string.Join(", ", Feature)}".TrimEnd()))
                Attempt(() => vcpu.Initialize(Feature));
        }
    }
}
