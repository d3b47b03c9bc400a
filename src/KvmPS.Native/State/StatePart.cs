using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A structure of the kernel's that is part of an object's state.</summary>
/// <param name="Name">What it is called in a saved state.</param>
/// <param name="Get">Reads it.</param>
/// <param name="Set">Writes it.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Header">What the structure has to begin with when it is read, to say what is asked for.</param>
internal sealed record StatePart(string Name, Request Get, Request Set, int Size, uint Header = 0)
{
    /// <summary>What of a VM is not in its vCPUs, in the order in which it is written.</summary>
    public static IReadOnlyList<StatePart> OfVm => field ??=
    [
        new("PicMaster", Requests.KVM_GET_IRQCHIP, Requests.KVM_SET_IRQCHIP, Unsafe.SizeOf<kvm_irqchip>(), Irq.KVM_IRQCHIP_PIC_MASTER),
        new("PicSlave", Requests.KVM_GET_IRQCHIP, Requests.KVM_SET_IRQCHIP, Unsafe.SizeOf<kvm_irqchip>(), Irq.KVM_IRQCHIP_PIC_SLAVE),
        new("Ioapic", Requests.KVM_GET_IRQCHIP, Requests.KVM_SET_IRQCHIP, Unsafe.SizeOf<kvm_irqchip>(), Irq.KVM_IRQCHIP_IOAPIC),
        new(Pit, Requests.KVM_GET_PIT2, Requests.KVM_SET_PIT2, Unsafe.SizeOf<kvm_pit_state2>()),
        new("Clock", Requests.KVM_GET_CLOCK, Requests.KVM_SET_CLOCK, Unsafe.SizeOf<kvm_clock_data>()),
    ];

    public const string Pit = "Pit";

    /// <summary>Reads it; null where the object does not have it.</summary>
    public byte[]? Read(KvmObject target)
    {
        byte[] bytes = new byte[Size];
        BitConverter.TryWriteBytes(bytes, Header);
        try
        {
            target.Ioctl(Get, bytes.AsSpan());
            return bytes;
        }
        catch (KvmException exception) when (exception.Errno is Errno.ENXIO or Errno.EINVAL or Errno.ENOTTY)
        {
            return null;
        }
    }
}
