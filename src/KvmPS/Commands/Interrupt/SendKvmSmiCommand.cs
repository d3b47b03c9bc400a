using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>Send-KvmSmi: KVM_SMI.</summary>
[Cmdlet(VerbsCommunications.Send, "KvmSmi", SupportsShouldProcess = true)]
public sealed class SendKvmSmiCommand : VcpuInterruptCmdlet
{
    private protected override string Action => "Send a system-management interrupt (KVM_SMI)";

    private protected override void Send(KvmVcpu vcpu) => vcpu.SendSmi();
}
