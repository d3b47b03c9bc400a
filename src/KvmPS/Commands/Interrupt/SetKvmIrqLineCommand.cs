using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Interrupt;

/// <summary>Set-KvmIrqLine: KVM_IRQ_LINE.</summary>
[Cmdlet(VerbsCommon.Set, "KvmIrqLine", SupportsShouldProcess = true, DefaultParameterSetName = "Level")]
[OutputType(typeof(KvmIrqDelivery))]
public sealed class SetKvmIrqLineCommand : VmCmdlet
{
    /// <summary>The line: the GSI on x86; on arm64 vCPU, type and number as KVM_IRQ_LINE packs them.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("Irq")]
    [Unsigned]
    public uint Gsi { get; set; }

    /// <summary>$true raises the line, $false lowers it.</summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = "Level")]
    public bool Level { get; set; }

    /// <summary>Raises the line and lowers it: what a line that is triggered by its edge needs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pulse")]
    public SwitchParameter Pulse { get; set; }

    /// <summary>Says what became of it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string action = Pulse ? "Raise and lower" : Level ? "Raise" : "Lower";
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (!ShouldProcess(vm.ToString(), $"{action} GSI {Gsi} (KVM_IRQ_LINE)"))
                continue;
            KvmIrqDelivery? delivery = null;
            if (Attempt(() => delivery = Set(vm)) && PassThru)
                WriteObject(delivery);
        }
    }

    private KvmIrqDelivery Set(KvmVm vm)
    {
        KvmIrqDelivery delivery = vm.SetIrqLine(Gsi, Pulse || Level);
        if (Pulse)
            vm.SetIrqLine(Gsi, level: false);
        return delivery;
    }
}
