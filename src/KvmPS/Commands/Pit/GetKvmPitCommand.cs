using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Pit;

/// <summary>Get-KvmPit: KVM_GET_PIT2.</summary>
[Cmdlet(VerbsCommon.Get, "KvmPit"), OutputType(typeof(KvmPit))]
public sealed class GetKvmPitCommand : VmCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
            Emit(vm.GetPit);
    }
}
