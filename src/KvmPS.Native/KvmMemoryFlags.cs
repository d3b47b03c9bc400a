using System.Diagnostics.CodeAnalysis;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>What is special about a memory slot.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.35 KVM_SET_USER_MEMORY_REGION</seealso>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The kernel calls them flags.")]
public enum KvmMemoryFlags : uint
{
    /// <summary>Memory that the guest reads and writes.</summary>
    None = 0,

    /// <summary>The kernel notes which pages were written.</summary>
    LogDirtyPages = MemoryFlags.KVM_MEM_LOG_DIRTY_PAGES,

    /// <summary>The guest's writes do not reach the memory: they are MMIO exits.</summary>
    ReadOnly = MemoryFlags.KVM_MEM_READONLY,

    /// <summary>Private pages come from a guest_memfd.</summary>
    GuestMemfd = MemoryFlags.KVM_MEM_GUEST_MEMFD,
}
