using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.CoalescedMmio;

/// <summary>Receive-KvmCoalescedMmio: takes the collected writes out of a VM's ring.</summary>
[Cmdlet(VerbsCommunications.Receive, "KvmCoalescedMmio"), OutputType(typeof(KvmCoalescedWrite))]
public sealed class ReceiveKvmCoalescedMmioCommand : VmCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
            EmitAll(vm.TakeCoalescedWrites);
    }
}
