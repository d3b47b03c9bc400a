namespace KvmPS.Native;

/// <summary>What a new memory slot shall be.</summary>
public sealed record KvmMemoryOptions
{
    /// <summary>Where the guest sees it, in bytes; a multiple of the host's page size.</summary>
    public required ulong GuestAddress { get; init; }

    /// <summary>Its size in bytes; a multiple of the host's page size, not 0.</summary>
    public required ulong Size { get; init; }

    /// <summary>The slot's number, below KVM_CAP_NR_MEMSLOTS; by default the lowest that is free.</summary>
    public uint? Slot { get; init; }

    /// <summary>What is special about it.</summary>
    public KvmMemoryFlags Flags { get; init; }

    /// <summary>
    /// A file that is the memory: what the guest writes is in the file. It is made, or made longer, where needed; with
    /// <see cref="KvmMemoryFlags.ReadOnly"/> it has to be there, is opened for reading and is not changed by the host either.
    /// By default the memory is anonymous: zero, and reserved without being touched.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>Where the memory begins in the file, in bytes; a multiple of the host's page size.</summary>
    public ulong Offset { get; init; }

    /// <summary>Asks for transparent huge pages (MADV_HUGEPAGE).</summary>
    public bool HugePages { get; init; }
}
