using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>
/// A memory slot: where it lies in the guest and in this process. Addresses and sizes are bytes and page-aligned;
/// size 0 deletes the slot.
/// </summary>
/// <remarks>Used by KVM_SET_USER_MEMORY_REGION.</remarks>
public struct kvm_userspace_memory_region
{
    public uint slot;
    public uint flags;
    public ulong guest_phys_addr;
    public ulong memory_size;
    public ulong userspace_addr;
}

/// <summary>A memory slot that can also draw private pages from a guest_memfd.</summary>
/// <remarks>Used by KVM_SET_USER_MEMORY_REGION2.</remarks>
public struct kvm_userspace_memory_region2
{
    public uint slot;
    public uint flags;
    public ulong guest_phys_addr;
    public ulong memory_size;
    public ulong userspace_addr;
    public ulong guest_memfd_offset;
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
    public ulong attributes;
    public ulong flags;
}

/// <summary>The size in bytes and the flags of a new guest_memfd.</summary>
/// <remarks>Used by KVM_CREATE_GUEST_MEMFD.</remarks>
public struct kvm_create_guest_memfd
{
    public ulong size;
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

    [FieldOffset(4)]
    public uint num_pages;

    [FieldOffset(8)]
    public ulong first_page;

    [FieldOffset(16)]
    public ulong dirty_bitmap;

    [FieldOffset(16)]
    public ulong padding2;
}

/// <summary>An entry of a vCPU's dirty ring.</summary>
/// <remarks>Used by the map of a vCPU fd at KVM_DIRTY_LOG_PAGE_OFFSET.</remarks>
public struct kvm_dirty_gfn
{
    public uint flags;
    public uint slot;
    public ulong offset;
}

/// <summary>A guest-virtual address and what it translates to.</summary>
/// <remarks>Used by KVM_TRANSLATE.</remarks>
public struct kvm_translation
{
    public ulong linear_address;
    public ulong physical_address;
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
