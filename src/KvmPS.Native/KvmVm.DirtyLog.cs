using System.Numerics;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>Which pages of a slot were written.</content>
public sealed partial class KvmVm
{
    private bool dirtyLogIsManual;

    /// <summary>KVM_GET_DIRTY_LOG: the pages of a slot that were written since they were cleared.</summary>
    /// <param name="slot">A slot with <see cref="KvmMemoryFlags.LogDirtyPages"/>.</param>
    /// <param name="clear">
    /// Forgets them (KVM_CLEAR_DIRTY_LOG). A kernel without KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 forgets in any case.
    /// </param>
    /// <exception cref="KvmException">ENOENT: the slot does not log; EINVAL: it does not exist.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.8 KVM_GET_DIRTY_LOG, 4.117 KVM_CLEAR_DIRTY_LOG</seealso>
    public unsafe IReadOnlyList<KvmDirtyPage> GetDirtyPages(KvmMemory slot, bool clear = false)
    {
        ArgumentNullException.ThrowIfNull(slot);
        if (slot.State == KvmObjectState.Removed)
            throw new KvmObjectRemovedException(nameof(Requests.KVM_GET_DIRTY_LOG), slot);
        var page = (ulong)Environment.SystemPageSize;
        ulong pages = slot.Size / page;
        var bitmap = new ulong[(pages + 63) / 64];
        fixed (ulong* words = bitmap)
        {
            var log = new kvm_dirty_log { slot = slot.Slot, dirty_bitmap = (ulong)words };
            Ioctl(Requests.KVM_GET_DIRTY_LOG, ref log);
            if (clear && dirtyLogIsManual)
                Clear(slot.Slot, words, pages);
        }
        var dirty = new List<KvmDirtyPage>();
        for (int word = 0; word < bitmap.Length; word++)
        {
            for (ulong bits = bitmap[word]; bits != 0; bits &= bits - 1)
            {
                ulong number = (ulong)word * 64 + (ulong)BitOperations.TrailingZeroCount(bits);
                dirty.Add(new KvmDirtyPage(this, slot.Slot, slot.GuestAddress + number * page));
            }
        }
        return dirty;
    }

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
        if (dirtyLogIsManual || CheckExtension((uint)Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2) == 0)
            return;
        EnableCapability((uint)Capability.KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, DirtyLog.KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE);
        dirtyLogIsManual = true;
    }
}
