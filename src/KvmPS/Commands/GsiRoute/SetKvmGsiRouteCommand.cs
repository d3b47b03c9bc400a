using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.GsiRoute;

/// <summary>Set-KvmGsiRoute: KVM_SET_GSI_ROUTING, of one interrupt or of all.</summary>
[Cmdlet(VerbsCommon.Set, "KvmGsiRoute", SupportsShouldProcess = true, DefaultParameterSetName = MsiSet)]
public sealed class SetKvmGsiRouteCommand : VmCmdlet
{
    private const string MsiSet = "Msi";
    private const string ChipSet = "IrqChip";
    private const string SintSet = "HyperVSint";
    private const string TableSet = "Table";

    /// <summary>The interrupt, below 4096. Others keep their routes.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = MsiSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ChipSet)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = SintSet)]
    public uint Gsi { get; set; }

    /// <summary>The message's address: on x86 0xFEE00000 with the destination's APIC id in bits 12 to 19.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MsiSet)]
    [Unsigned]
    public ulong Address { get; set; }

    /// <summary>The message's data: on x86 the vector, and the delivery mode in bits 8 to 10.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MsiSet)]
    [Unsigned]
    public uint Data { get; set; }

    /// <summary>The device's id, where the controller asks for it (GICv3 ITS).</summary>
    [Parameter(ParameterSetName = MsiSet)]
    public uint? DeviceId { get; set; }

    /// <summary>The in-kernel controller.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ChipSet)]
    public KvmIrqController Controller { get; set; }

    /// <summary>The controller's pin.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ChipSet)]
    public uint Pin { get; set; }

    /// <summary>The id of the vCPU with the synthetic interrupt.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SintSet)]
    public uint VcpuId { get; set; }

    /// <summary>The synthetic interrupt of Hyper-V, below 16.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SintSet)]
    public uint Sint { get; set; }

    /// <summary>All routes of the VM from now on, such as those of another VM.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TableSet)]
    [AllowEmptyCollection, ValidateNotNull]
    public KvmGsiRoute[] Route { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KvmGsiRoute? one = ParameterSetName switch
        {
            ChipSet => KvmGsiRoute.ToIrqChip(Gsi, Controller, Pin),
            SintSet => KvmGsiRoute.ToHyperVSint(Gsi, VcpuId, Sint),
            MsiSet => KvmGsiRoute.ToMsi(Gsi, Address, Data, DeviceId),
            _ => null,
        };
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (!ShouldProcess(vm.ToString(), $"Route {(one is null ? $"all interrupts by {Route.Length} routes" : one)} (KVM_SET_GSI_ROUTING)"))
                continue;
            Attempt(() =>
            {
                if (one is null)
                    vm.SetGsiRoutes(Route);
                else
                    vm.SetGsiRoute(one);
            });
        }
    }
}
