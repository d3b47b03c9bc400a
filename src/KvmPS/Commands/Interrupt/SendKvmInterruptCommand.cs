using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>Send-KvmInterrupt: KVM_INTERRUPT, for VMs whose interrupt controllers are not in the kernel.</summary>
[Cmdlet(VerbsCommunications.Send, "KvmInterrupt", SupportsShouldProcess = true)]
public sealed class SendKvmInterruptCommand : VcpuInterruptCmdlet
{
    /// <summary>The vector on x86, below 256.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Unsigned]
    public uint Vector { get; set; }

    private protected override string Action => $"Send interrupt {Vector} (KVM_INTERRUPT)";

    private protected override void Send(KvmVcpu vcpu) => vcpu.SendInterrupt(Vector);
}
