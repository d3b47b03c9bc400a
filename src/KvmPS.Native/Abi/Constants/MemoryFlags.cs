namespace KvmPS.Native.Abi;

/// <summary>Flags of memory slots, of memory attributes and of guest_memfd files.</summary>
public static class MemoryFlags
{
    public const uint KVM_MEM_LOG_DIRTY_PAGES = 1;
    public const uint KVM_MEM_READONLY = 2;
    public const uint KVM_MEM_GUEST_MEMFD = 4;
    public const uint KVM_MEMORY_EXIT_FLAG_PRIVATE = 8;
    public const uint KVM_MEMORY_ATTRIBUTE_PRIVATE = 8;
    public const uint GUEST_MEMFD_FLAG_MMAP = 1;
    public const uint GUEST_MEMFD_FLAG_INIT_SHARED = 2;
}
