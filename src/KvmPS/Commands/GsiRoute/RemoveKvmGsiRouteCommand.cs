using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.GsiRoute;

/// <summary>Remove-KvmGsiRoute: KVM_SET_GSI_ROUTING without the routes of some interrupts.</summary>
[Cmdlet(VerbsCommon.Remove, "KvmGsiRoute", SupportsShouldProcess = true)]
public sealed class RemoveKvmGsiRouteCommand : VmCmdlet
{
    /// <summary>The interrupts.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public uint[] Gsi { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            foreach (uint gsi in Gsi)
            {
                bool found = true;
                if (ShouldProcess(vm.ToString(), $"Remove the routes of GSI {gsi} (KVM_SET_GSI_ROUTING)"))
                    Attempt(() => found = vm.RemoveGsiRoute(gsi));
                if (!found)
                    WriteError(LookupErrors.GsiRouteNotFound(vm, gsi));
            }
        }
    }
}
