using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>The ring of collected writes: the kernel fills it, we empty it.</summary>
internal static unsafe class CoalescedRing
{
    /// <summary>Takes what is in it, oldest first.</summary>
    /// <param name="vm">The VM that has it.</param>
    /// <param name="address">Where its page is mapped.</param>
    public static List<KvmCoalescedWrite> Take(KvmVm vm, nint address)
    {
        var ring = (kvm_coalesced_mmio_ring*)address;
        var entries = (kvm_coalesced_mmio*)(ring + 1);
        var entryCount = (uint)((Environment.SystemPageSize - sizeof(kvm_coalesced_mmio_ring)) / sizeof(kvm_coalesced_mmio));
        var taken = new List<KvmCoalescedWrite>();
        uint first = ring->first;
        uint last = Volatile.Read(ref ring->last);
        if (first >= entryCount || last >= entryCount)
            throw Malformed(vm, $"entries {first} to {last} of {entryCount}");
        for (; first != last; first = (first + 1) % entryCount)
        {
            kvm_coalesced_mmio entry = entries[first];
            ReadOnlySpan<byte> data = entry.data;
            if (entry.len > data.Length)
                throw Malformed(vm, $"a write of {entry.len} bytes");
            taken.Add(new KvmCoalescedWrite(
                vm, entry.pio == 1 ? KvmIoSpace.Pio : KvmIoSpace.Mmio, entry.phys_addr, data[..(int)entry.len]));
        }
        Volatile.Write(ref ring->first, last);
        return taken;
    }

    private static KvmException Malformed(KvmVm vm, string what) => new(
        nameof(Capability.KVM_CAP_COALESCED_MMIO), Errno.EPROTO, vm, $"{vm}: the ring of collected writes tells of {what}, which cannot be.");
}
