using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>A range whose writes the kernel collects in a ring instead of making the vCPU exit for each.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.116 KVM_(UN)REGISTER_COALESCED_MMIO</seealso>
public sealed class KvmCoalescedMmio : KvmRegistration
{
    internal KvmCoalescedMmio(KvmVm vm, KvmIoSpace space, ulong address, uint size)
        : base(vm)
    {
        Space = space;
        Address = address;
        Size = size;
    }

    /// <summary>Whether <see cref="Address"/> is a guest-physical address or a port.</summary>
    public KvmIoSpace Space { get; }

    /// <summary>The first guest-physical address, or the first port.</summary>
    public ulong Address { get; }

    /// <summary>Its size in bytes, or the number of ports.</summary>
    public uint Size { get; }

    /// <inheritdoc/>
    public override string ToString() => $"coalesced {Space.ToString().ToUpperInvariant()} 0x{Address:X} of {Vm}";

    internal override void Assign() => Issue(Requests.KVM_REGISTER_COALESCED_MMIO);

    internal override void Deassign() => Issue(Requests.KVM_UNREGISTER_COALESCED_MMIO);

    private void Issue(Request request)
    {
        var zone = new kvm_coalesced_mmio_zone { addr = Address, size = Size, pio = Space == KvmIoSpace.Pio ? 1u : 0 };
        Vm.Ioctl(request, ref zone);
    }
}
