using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.IrqFd;

/// <summary>Register-KvmIrqFd: KVM_IRQFD.</summary>
[Cmdlet(VerbsLifecycle.Register, "KvmIrqFd", SupportsShouldProcess = true), OutputType(typeof(KvmIrqFd))]
public sealed class RegisterKvmIrqFdCommand : VmCmdlet
{
    /// <summary>The interrupt that is raised: a GSI of the VM's routes.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public uint Gsi { get; set; }

    /// <summary>The eventfd; by default one is made that ends with the registration.</summary>
    [Parameter(Position = 2)]
    public KvmEventFd? EventFd { get; set; }

    /// <summary>The interrupt stays raised until the guest acknowledges it, which signals the resamplefd.</summary>
    [Parameter]
    public SwitchParameter Resample { get; set; }

    /// <summary>The resamplefd; by default one is made that ends with the registration.</summary>
    [Parameter]
    public KvmEventFd? ResampleFd { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Let {EventFd?.ToString() ?? "a new eventfd"} raise GSI {Gsi} (KVM_IRQFD)"))
                Emit(() => vm.RegisterIrqFd(Gsi, EventFd, Resample, ResampleFd));
        }
    }
}
