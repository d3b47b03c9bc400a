using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>Send-KvmNmi: KVM_NMI.</summary>
[Cmdlet(VerbsCommunications.Send, "KvmNmi", SupportsShouldProcess = true)]
public sealed class SendKvmNmiCommand : VcpuInterruptCmdlet
{
    private protected override string Action => "Send a non-maskable interrupt (KVM_NMI)";

    private protected override void Send(KvmVcpu vcpu) => vcpu.SendNmi();
}
