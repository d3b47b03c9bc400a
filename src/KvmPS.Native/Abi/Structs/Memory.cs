using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>
/// A memory slot: where it lies in the guest and in this process. Addresses and sizes are bytes and page-aligned;
/// size 0 deletes the slot.
/// </summary>
/// <remarks>Used by KVM_SET_USER_MEMORY_REGION.</remarks>
public struct kvm_userspace_memory_region
{
    /// <summary>The slot's number, and in the upper 16 bits its address space.</summary>
    public uint slot;

    /// <summary>KVM_MEM_LOG_DIRTY_PAGES and KVM_MEM_READONLY.</summary>
    public uint flags;

    /// <summary>Where the guest sees it, in bytes.</summary>
    public ulong guest_phys_addr;

    /// <summary>Its size in bytes; 0 deletes the slot.</summary>
    public ulong memory_size;

    /// <summary>Where it lies in this process.</summary>
    public ulong userspace_addr;
}

/// <summary>A memory slot that can also draw private pages from a guest_memfd.</summary>
/// <remarks>Used by KVM_SET_USER_MEMORY_REGION2.</remarks>
public struct kvm_userspace_memory_region2
{
    /// <summary>The slot's number, and in the upper 16 bits its address space.</summary>
    public uint slot;

    /// <summary>KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY and KVM_MEM_GUEST_MEMFD.</summary>
    public uint flags;

    /// <summary>Where the guest sees it, in bytes.</summary>
    public ulong guest_phys_addr;

    /// <summary>Its size in bytes; 0 deletes the slot.</summary>
    public ulong memory_size;

    /// <summary>Where it lies in this process.</summary>
    public ulong userspace_addr;

    /// <summary>Where it begins in the guest_memfd, in bytes.</summary>
    public ulong guest_memfd_offset;

    /// <summary>The guest_memfd's fd, with KVM_MEM_GUEST_MEMFD.</summary>
    public uint guest_memfd;

    public uint pad1;
    public Array14<ulong> pad2;
}

/// <summary>Attributes of a range of guest memory, in bytes and page-aligned.</summary>
/// <remarks>Used by KVM_SET_MEMORY_ATTRIBUTES.</remarks>
public struct kvm_memory_attributes
{
    public ulong address;
    public ulong size;

    /// <summary>KVM_MEMORY_ATTRIBUTE_PRIVATE, or 0 for shared memory.</summary>
    public ulong attributes;

    /// <summary>Has to be 0.</summary>
    public ulong flags;
}

/// <summary>The size in bytes and the flags of a new guest_memfd.</summary>
/// <remarks>Used by KVM_CREATE_GUEST_MEMFD.</remarks>
public struct kvm_create_guest_memfd
{
    /// <summary>In bytes, a multiple of the page size.</summary>
    public ulong size;

    /// <summary>GUEST_MEMFD_FLAG_*.</summary>
    public ulong flags;

    public Array6<ulong> reserved;
}

/// <summary>A range to populate; the kernel writes back what is left.</summary>
/// <remarks>Used by KVM_PRE_FAULT_MEMORY.</remarks>
public struct kvm_pre_fault_memory
{
    public ulong gpa;
    public ulong size;
    public ulong flags;
    public Array5<ulong> padding;
}

/// <summary>A slot, and where its bitmap of written pages goes: one bit per page.</summary>
/// <remarks>Used by KVM_GET_DIRTY_LOG.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct kvm_dirty_log
{
    [FieldOffset(0)]
    public uint slot;

    [FieldOffset(4)]
    public uint padding1;

    /// <summary>The bitmap's address: a bit per page, in whole 64-bit words.</summary>
    [FieldOffset(8)]
    public ulong dirty_bitmap;

    [FieldOffset(8)]
    public ulong padding2;
}

/// <summary>
/// Pages of a slot to write-protect again. <c>first_page</c> is a multiple of 64, and so is <c>num_pages</c> unless
/// it reaches the slot's end.
/// </summary>
/// <remarks>Used by KVM_CLEAR_DIRTY_LOG.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct kvm_clear_dirty_log
{
    [FieldOffset(0)]
    public uint slot;

    /// <summary>How many pages the bitmap is about.</summary>
    [FieldOffset(4)]
    public uint num_pages;

    /// <summary>The page of the slot that the bitmap begins with.</summary>
    [FieldOffset(8)]
    public ulong first_page;

    /// <summary>The bitmap's address: the pages whose bit is set are cleared.</summary>
    [FieldOffset(16)]
    public ulong dirty_bitmap;

    [FieldOffset(16)]
    public ulong padding2;
}

/// <summary>An entry of a vCPU's dirty ring.</summary>
/// <remarks>Used by the map of a vCPU fd at KVM_DIRTY_LOG_PAGE_OFFSET.</remarks>
public struct kvm_dirty_gfn
{
    /// <summary>
    /// KVM_DIRTY_GFN_F_DIRTY where the kernel filled it in; KVM_DIRTY_GFN_F_RESET where it may have it back.
    /// </summary>
    public uint flags;

    /// <summary>The slot's number, and in the upper 16 bits its address space.</summary>
    public uint slot;

    /// <summary>The page's number in the slot.</summary>
    public ulong offset;
}

/// <summary>A guest-virtual address and what it translates to.</summary>
/// <remarks>Used by KVM_TRANSLATE.</remarks>
public struct kvm_translation
{
    /// <summary>In: the guest-virtual address.</summary>
    public ulong linear_address;

    /// <summary>Out: the guest-physical address.</summary>
    public ulong physical_address;

    /// <summary>Out: 1 where the address is mapped.</summary>
    public byte valid;

    public byte writeable;
    public byte usermode;
    public Array5<byte> pad;
}

/// <summary>A range of this process's memory that holds encrypted guest memory.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_REG_REGION.</remarks>
public struct kvm_enc_region
{
    public ulong addr;
    public ulong size;
}
