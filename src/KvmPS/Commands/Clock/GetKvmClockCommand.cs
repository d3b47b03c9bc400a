using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Clock;

/// <summary>Get-KvmClock: KVM_GET_CLOCK.</summary>
[Cmdlet(VerbsCommon.Get, "KvmClock"), OutputType(typeof(KvmClock))]
public sealed class GetKvmClockCommand : VmCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
            Emit(vm.GetClock);
    }
}
