using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.GsiRoute;

/// <summary>Get-KvmGsiRoute: where a VM's interrupts lead.</summary>
[Cmdlet(VerbsCommon.Get, "KvmGsiRoute"), OutputType(typeof(KvmGsiRoute))]
public sealed class GetKvmGsiRouteCommand : VmCmdlet
{
    /// <summary>Only these interrupts.</summary>
    [Parameter(Position = 1)]
    public uint[]? Gsi { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
            EmitAll(() => vm.GetGsiRoutes().Where(route => Gsi is null || Gsi.Contains(route.Gsi)));
    }
}
