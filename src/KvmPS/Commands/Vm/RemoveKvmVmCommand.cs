using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vm;

/// <summary>Remove-KvmVm: ends a VM with its vCPUs and devices.</summary>
[Cmdlet(VerbsCommon.Remove, "KvmVm", SupportsShouldProcess = true)]
public sealed class RemoveKvmVmCommand : VmCmdlet
{
    /// <summary>Also while a vCPU is running: it is stopped.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Remove, with {vm.Vcpus.Count} vCPUs and {vm.Devices.Count} devices"))
                Attempt(() => vm.Remove(Force));
        }
    }
}
