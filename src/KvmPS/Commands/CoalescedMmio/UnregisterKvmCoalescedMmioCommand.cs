using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.CoalescedMmio;

/// <summary>Unregister-KvmCoalescedMmio: KVM_UNREGISTER_COALESCED_MMIO.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "KvmCoalescedMmio", SupportsShouldProcess = true)]
public sealed class UnregisterKvmCoalescedMmioCommand : UnregisterCmdlet
{
    /// <summary>What Register-KvmCoalescedMmio gave.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmCoalescedMmio[] CoalescedMmio { get; set; } = [];

    private protected override IEnumerable<KvmRegistration> Registrations => CoalescedMmio;
}
