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
        Vcpus = Math.Max(status ?? 0, 0);
    }

    /// <summary>The VM.</summary>
    public KvmVm Vm { get; }

    /// <summary>What became of it.</summary>
    public KvmIrqResult Result { get; }

    /// <summary>How many controllers or vCPUs took it.</summary>
    public int Vcpus { get; }

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
