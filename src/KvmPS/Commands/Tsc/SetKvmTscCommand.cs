using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Tsc;

/// <summary>Set-KvmTsc: KVM_SET_TSC_KHZ.</summary>
[Cmdlet(VerbsCommon.Set, "KvmTsc", SupportsShouldProcess = true)]
public sealed class SetKvmTscCommand : VcpuCmdlet
{
    /// <summary>How fast the guest's time-stamp counter shall count, in kHz; 0 is the host's own frequency.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateRange(0u, int.MaxValue)]
    public uint Khz { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), $"Set the TSC to {Khz} kHz"))
                Attempt(() => vcpu.SetTscFrequency(Khz));
        }
    }
}
