using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>The state of a VM's interrupt controllers at the time when it was read. It can be changed, and set again.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.26 KVM_GET_IRQCHIP, 4.27 KVM_SET_IRQCHIP</seealso>
public sealed class KvmIrqChip
{
    internal KvmIrqChip(KvmVm vm, KvmIrqChipMode mode)
    {
        Vm = vm;
        Mode = mode;
    }

    /// <summary>The VM that it was read from.</summary>
    public KvmVm Vm { get; }

    /// <summary>Which controllers are in the kernel.</summary>
    public KvmIrqChipMode Mode { get; }

    /// <summary>The first 8259, lines 0 to 7; null where it is not in the kernel.</summary>
    public KvmPic? PicMaster { get; internal init; }

    /// <summary>The second 8259, lines 8 to 15; null where it is not in the kernel.</summary>
    public KvmPic? PicSlave { get; internal init; }

    /// <summary>The IOAPIC; null where it is not in the kernel.</summary>
    public KvmIoapic? Ioapic { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => $"interrupt controllers of {Vm}";
}
