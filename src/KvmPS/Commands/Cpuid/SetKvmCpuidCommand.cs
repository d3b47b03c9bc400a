using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Cpuid;

/// <summary>Set-KvmCpuid: what CPUID shall answer a guest, all of it.</summary>
[Cmdlet(VerbsCommon.Set, "KvmCpuid", SupportsShouldProcess = true, DefaultParameterSetName = "Entry")]
public sealed class SetKvmCpuidCommand : KvmCmdlet
{
    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>The entries, as Get-KvmCpuid gives them.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Entry")]
    [AllowEmptyCollection]
    public KvmCpuidEntry[] Entry { get; set; } = [];

    /// <summary>All that host and KVM support together.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "FromHost")]
    public SwitchParameter FromHost { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), FromHost ? "Set CPUID from the host" : $"Set {Entry.Length} CPUID entries"))
                Attempt(() => vcpu.SetCpuid(FromHost ? new KvmSystem().GetSupportedCpuid() : Entry));
        }
    }
}
