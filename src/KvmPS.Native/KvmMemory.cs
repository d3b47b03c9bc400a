using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>A memory slot of a VM, and the memory of this process that the guest sees there.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.35 KVM_SET_USER_MEMORY_REGION</seealso>
public sealed class KvmMemory
{
    internal KvmMemory(KvmVm vm, uint slot, KvmMemoryOptions options, Mapping mapping, Descriptor? guestMemfd)
    {
        Vm = vm;
        Slot = slot;
        GuestAddress = options.GuestAddress;
        Size = options.Size;
        Flags = options.Flags;
        Path = options.Path;
        Mapping = mapping;
        GuestMemfd = guestMemfd;
    }

    /// <summary>The VM that has the slot.</summary>
    public KvmVm Vm { get; }

    /// <summary>The slot's number.</summary>
    public uint Slot { get; }

    /// <summary>Where the guest sees it, in bytes.</summary>
    public ulong GuestAddress { get; }

    /// <summary>Its size in bytes.</summary>
    public ulong Size { get; }

    /// <summary>What is special about it.</summary>
    public KvmMemoryFlags Flags { get; }

    /// <summary>The file that is the memory; null for anonymous memory.</summary>
    public string? Path { get; }

    /// <summary>Whether the slot can be used.</summary>
    public KvmObjectState State { get; private set; }

    internal Mapping Mapping { get; }

    internal Descriptor? GuestMemfd { get; }

    /// <inheritdoc/>
    public override string ToString() => $"memory slot {Slot} of {Vm}";

    /// <summary>Takes the memory away from the guest and unmaps it. The guest's accesses are MMIO exits from then on.</summary>
    /// <exception cref="KvmObjectRemovedException">It was removed before, with its VM or by itself.</exception>
    public void Remove() => Vm.RemoveMemory(this);

    /// <summary>The memory's first address beyond the slot; 0 where that is 2^64.</summary>
    internal ulong End => GuestAddress + Size;

    /// <summary>Unmaps the memory as soon as nobody reads or writes it any more.</summary>
    internal void Close()
    {
        State = KvmObjectState.Removed;
        Mapping.Dispose();
        GuestMemfd?.Dispose();
    }
}
