using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>The ring in which the kernel tells the pages that a vCPU wrote.</summary>
/// <remarks>Entries are harvested in order; what was harvested is the kernel's again after KVM_RESET_DIRTY_RINGS.</remarks>
internal sealed unsafe class DirtyRing : IDisposable
{
    // KVM_DIRTY_LOG_PAGE_OFFSET: where the ring stands in the map of a vCPU's descriptor.
    private const int FirstPage = 64;

    private readonly Mapping mapping;
    private readonly uint length;
    private uint next;

    public DirtyRing(Descriptor vcpu, uint bytes, KvmVcpu subject)
    {
        mapping = Mapping.OfFile(vcpu, (ulong)FirstPage * (ulong)Environment.SystemPageSize, bytes, writable: true, subject);
        length = bytes / (uint)Unsafe.SizeOf<kvm_dirty_gfn>();
    }

    /// <summary>Takes the entries that were filled in, and each at most once: whoever writes them faster than we read does not keep us here.</summary>
    public void Harvest(Action<uint, ulong> entry)
    {
        if (!mapping.TryHold())
            return;
        try
        {
            var entries = (kvm_dirty_gfn*)mapping.Address;
            // The kernel fills an entry in before it sets the flag, and reads it after we set ours.
            kvm_dirty_gfn* at = entries + next;
            for (uint left = length; left > 0 && IsDirty(at); left--)
            {
                entry(at->slot, at->offset);
                Volatile.Write(ref at->flags, DirtyLog.KVM_DIRTY_GFN_F_RESET);
                next = (next + 1) % length;
                at = entries + next;
            }
        }
        finally
        {
            mapping.DangerousRelease();
        }
    }

    private static bool IsDirty(kvm_dirty_gfn* entry) =>
        (Volatile.Read(ref entry->flags) & DirtyLog.KVM_DIRTY_GFN_F_MASK) == DirtyLog.KVM_DIRTY_GFN_F_DIRTY;

    public void Dispose() => mapping.Dispose();
}
