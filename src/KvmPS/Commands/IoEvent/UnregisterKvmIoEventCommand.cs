using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IoEvent;

/// <summary>Unregister-KvmIoEvent: KVM_IOEVENTFD with KVM_IOEVENTFD_FLAG_DEASSIGN.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "KvmIoEvent", SupportsShouldProcess = true)]
public sealed class UnregisterKvmIoEventCommand : UnregisterCmdlet
{
    /// <summary>What Register-KvmIoEvent gave.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmIoEvent[] IoEvent { get; set; } = [];

    private protected override IEnumerable<KvmRegistration> Registrations => IoEvent;
}
