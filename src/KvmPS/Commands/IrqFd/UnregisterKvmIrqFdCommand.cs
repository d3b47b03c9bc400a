using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IrqFd;

/// <summary>Unregister-KvmIrqFd: KVM_IRQFD with KVM_IRQFD_FLAG_DEASSIGN.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "KvmIrqFd", SupportsShouldProcess = true)]
public sealed class UnregisterKvmIrqFdCommand : UnregisterCmdlet
{
    /// <summary>What Register-KvmIrqFd gave.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmIrqFd[] IrqFd { get; set; } = [];

    private protected override IEnumerable<KvmRegistration> Registrations => IrqFd;
}
