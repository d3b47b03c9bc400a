using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Tsc;

/// <summary>Get-KvmTsc: KVM_GET_TSC_KHZ.</summary>
[Cmdlet(VerbsCommon.Get, "KvmTsc"), OutputType(typeof(KvmTsc))]
public sealed class GetKvmTscCommand : VcpuCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
            Emit(vcpu.GetTsc);
    }
}
