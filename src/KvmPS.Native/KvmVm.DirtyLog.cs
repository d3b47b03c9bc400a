using System.Numerics;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>Which pages of a slot were written.</content>
public sealed partial class KvmVm
{
    private readonly Lock dirtyRingGate = new();
    private readonly Dictionary<uint, SortedSet<ulong>> harvested = [];
    private bool dirtyLogIsManual;

    /// <summary>The size of each vCPU's dirty ring in bytes; 0 where dirty pages are told by a bitmap per slot.</summary>
    internal uint DirtyRingSize { get; private set; }

    /// <summary>KVM_GET_DIRTY_LOG: the pages of a slot that were written since they were cleared.</summary>
    /// <param name="slot">A slot with <see cref="KvmMemoryFlags.LogDirtyPages"/>.</param>
    /// <param name="clear">
    /// Forgets them (KVM_CLEAR_DIRTY_LOG). A kernel without KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 forgets in any case.
    /// </param>
    /// <remarks>
    /// Where KVM_CAP_DIRTY_LOG_RING was enabled they are read from the vCPUs' rings instead; a page can be there several times
    /// and is told once.
    /// </remarks>
    /// <exception cref="KvmException">ENOENT: the slot does not log; EINVAL: it does not exist.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.8 KVM_GET_DIRTY_LOG, 4.117 KVM_CLEAR_DIRTY_LOG, 8.29 KVM_CAP_DIRTY_LOG_RING</seealso>
    public unsafe IEnumerable<KvmDirtyPage> GetDirtyPages(KvmMemory slot, bool clear = false)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (DirtyRingSize > 0)
            return ReadDirtyRings(slot, clear);
        var page = (ulong)Environment.SystemPageSize;
        ulong pages = slot.Size / page;
        var bitmap = new ulong[(pages + 63) / 64];
        // The kernel writes as much as the slot of that number has, which must be this one.
        lock (gate)
        {
            ThrowIfSlotRemoved(slot);
            fixed (ulong* words = bitmap)
            {
                var log = new kvm_dirty_log { slot = slot.Slot, dirty_bitmap = (ulong)words };
                Ioctl(Requests.KVM_GET_DIRTY_LOG, ref log);
                if (clear && dirtyLogIsManual)
                    Clear(slot.Slot, words, pages);
            }
        }
        return Pages(slot, bitmap);
    }

    private static void ThrowIfSlotRemoved(KvmMemory slot)
    {
        if (slot.State == KvmObjectState.Removed)
            throw new KvmObjectRemovedException(nameof(Requests.KVM_GET_DIRTY_LOG), slot);
    }

    // A big slot has millions: each is made when it is asked for.
    private IEnumerable<KvmDirtyPage> Pages(KvmMemory slot, ulong[] bitmap)
    {
        for (int word = 0; word < bitmap.Length; word++)
        {
            for (ulong bits = bitmap[word]; bits != 0; bits &= bits - 1)
            {
                ulong number = (ulong)word * 64 + (ulong)BitOperations.TrailingZeroCount(bits);
                yield return new KvmDirtyPage(this, slot.Slot, slot.GuestAddress + number * (ulong)Environment.SystemPageSize);
            }
        }
    }

    // The rings tell all slots at once, so what is read of the others is kept for them.
    private KvmDirtyPage[] ReadDirtyRings(KvmMemory slot, bool clear)
    {
        ThrowIfSlotRemoved(slot);
        var page = (ulong)Environment.SystemPageSize;
        lock (dirtyRingGate)
        {
            // The rings are memory that others can write to, and tell of slots that were removed since.
            Dictionary<uint, ulong> sizes = memory.ToDictionary(known => known.Slot, known => known.Size / page);
            foreach (KvmVcpu vcpu in vcpus)
            {
                vcpu.DirtyRing.Harvest((number, offset) =>
                {
                    if (offset < sizes.GetValueOrDefault(number))
                        Harvested(number).Add(offset);
                });
            }
            Ioctl(Requests.KVM_RESET_DIRTY_RINGS);
            SortedSet<ulong> pages = Harvested(slot.Slot);
            KvmDirtyPage[] dirty = [.. pages.Select(number => new KvmDirtyPage(this, slot.Slot, slot.GuestAddress + number * page))];
            if (clear)
                pages.Clear();
            return dirty;
        }
    }

    private void ForgetDirtyPages(uint slot)
    {
        lock (dirtyRingGate)
            harvested.Remove(slot);
    }

    private SortedSet<ulong> Harvested(uint slot) =>
        harvested.TryGetValue(slot, out SortedSet<ulong>? pages) ? pages : harvested[slot] = [];

    // num_pages has 32 bits, and every part but the last one is a multiple of 64 pages.
    private unsafe void Clear(uint slot, ulong* bitmap, ulong pages)
    {
        const uint Most = 1u << 30;
        for (ulong first = 0; first < pages; first += Most)
        {
            var log = new kvm_clear_dirty_log
            {
                slot = slot,
                first_page = first,
                num_pages = (uint)Math.Min(pages - first, Most),
                dirty_bitmap = (ulong)(bitmap + first / 64),
            };
            Ioctl(Requests.KVM_CLEAR_DIRTY_LOG, ref log);
        }
    }

    /// <summary>Lets reading the log leave it as it is, where the kernel can do that.</summary>
    private void MakeDirtyLogManual()
    {
        if (dirtyLogIsManual || DirtyRingSize > 0 || CheckExtension((uint)Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) == 0)
            return;
        EnableCapabilityCore((uint)Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, [DirtyLog.KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE]);
        dirtyLogIsManual = true;
    }
}
