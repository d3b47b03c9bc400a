using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.CoalescedMmio;

/// <summary>Register-KvmCoalescedMmio: KVM_REGISTER_COALESCED_MMIO.</summary>
[Cmdlet(VerbsLifecycle.Register, "KvmCoalescedMmio", SupportsShouldProcess = true), OutputType(typeof(KvmCoalescedMmio))]
public sealed class RegisterKvmCoalescedMmioCommand : VmCmdlet
{
    /// <summary>The first guest-physical address.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Mmio")]
    [Unsigned]
    public ulong Address { get; set; }

    /// <summary>The first port.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pio")]
    [Unsigned]
    public ushort Port { get; set; }

    /// <summary>The range's size in bytes, or the number of ports.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [Unsigned]
    public uint Size { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        (KvmIoSpace space, ulong address) = ParameterSetName == "Pio" ? (KvmIoSpace.Pio, Port) : (KvmIoSpace.Mmio, Address);
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Collect writes to {space.ToString().ToUpperInvariant()} 0x{address:X}, 0x{Size:X} bytes (KVM_REGISTER_COALESCED_MMIO)"))
                Emit(() => vm.RegisterCoalescedMmio(space, address, Size));
        }
    }
}
