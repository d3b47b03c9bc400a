using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.IoEvent;

/// <summary>Register-KvmIoEvent: KVM_IOEVENTFD.</summary>
[Cmdlet(VerbsLifecycle.Register, "KvmIoEvent", SupportsShouldProcess = true), OutputType(typeof(KvmIoEvent))]
public sealed class RegisterKvmIoEventCommand : VmCmdlet
{
    /// <summary>The guest-physical address.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Mmio")]
    [Unsigned]
    public ulong Address { get; set; }

    /// <summary>The port.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pio")]
    [Unsigned]
    public ushort Port { get; set; }

    /// <summary>The write's size in bytes: 1, 2, 4 or 8; 0 for any.</summary>
    [Parameter(Position = 2)]
    [Unsigned]
    public uint Length { get; set; }

    /// <summary>The value that has to be written; by default any.</summary>
    [Parameter]
    [Unsigned]
    public ulong? DataMatch { get; set; }

    /// <summary>The eventfd; by default one is made that ends with the registration.</summary>
    [Parameter(Position = 3)]
    public KvmEventFd? EventFd { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        (KvmIoSpace space, ulong address) = ParameterSetName == "Pio" ? (KvmIoSpace.Pio, Port) : (KvmIoSpace.Mmio, Address);
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Let writes to {space.ToString().ToUpperInvariant()} 0x{address:X} signal {EventFd?.ToString() ?? "a new eventfd"} (KVM_IOEVENTFD)"))
                Emit(() => vm.RegisterIoEvent(space, address, Length, DataMatch, EventFd));
        }
    }
}
