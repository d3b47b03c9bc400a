namespace KvmPS.Native;

/// <summary>What became of an interrupt.</summary>
public sealed class KvmIrqDelivery
{
    internal KvmIrqDelivery(KvmVm vm, int? status)
    {
        Vm = vm;
        Result = status switch
        {
            null => KvmIrqResult.Unknown,
            < 0 => KvmIrqResult.Ignored,
            0 => KvmIrqResult.Coalesced,
            _ => KvmIrqResult.Delivered,
        };
        Status = status;
    }

    /// <summary>The VM.</summary>
    public KvmVm Vm { get; }

    /// <summary>What became of it.</summary>
    public KvmIrqResult Result { get; }

    /// <summary>What the kernel says: below 0 ignored, 0 coalesced, above 0 how many controllers or vCPUs took it; null for nothing.</summary>
    public int? Status { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Result}";
}

/// <summary>What became of an interrupt.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.25 KVM_IRQ_LINE, KVM_CAP_IRQ_INJECT_STATUS</seealso>
public enum KvmIrqResult
{
    /// <summary>The kernel does not say it.</summary>
    Unknown,

    /// <summary>Nobody waits for it: masked, lowered, or routed nowhere.</summary>
    Ignored,

    /// <summary>The one before is not handled yet: it became one with that.</summary>
    Coalesced,

    /// <summary>It was taken.</summary>
    Delivered,
}
