namespace KvmPS.Native.Abi;

/// <summary>The instructions of the paravirtual hypercall.</summary>
/// <remarks>Used by KVM_PPC_GET_PVINFO.</remarks>
public struct kvm_ppc_pvinfo
{
    public uint flags;
    public Array4<uint> hcall;
    public Array108<byte> pad;
}

/// <summary>A page size and its encoding.</summary>
/// <remarks>Used by KVM_PPC_GET_SMMU_INFO.</remarks>
public struct kvm_ppc_one_page_size
{
    public uint page_shift;
    public uint pte_enc;
}

/// <summary>A segment's page sizes.</summary>
/// <remarks>Used by KVM_PPC_GET_SMMU_INFO.</remarks>
public struct kvm_ppc_one_seg_page_size
{
    public uint page_shift;
    public uint slb_enc;
    public Array8<kvm_ppc_one_page_size> enc;
}

/// <summary>The page sizes of the segment MMU.</summary>
/// <remarks>Used by KVM_PPC_GET_SMMU_INFO.</remarks>
public struct kvm_ppc_smmu_info
{
    public ulong flags;
    public uint slb_size;
    public ushort data_keys;
    public ushort instr_keys;
    public Array8<kvm_ppc_one_seg_page_size> sps;
}

/// <summary>A table of DMA translations.</summary>
/// <remarks>Used by KVM_CREATE_SPAPR_TCE.</remarks>
public struct kvm_create_spapr_tce
{
    public ulong liobn;
    public uint window_size;
}

/// <summary>A table of DMA translations for a 64-bit window.</summary>
/// <remarks>Used by KVM_CREATE_SPAPR_TCE_64.</remarks>
public struct kvm_create_spapr_tce_64
{
    public ulong liobn;
    public uint page_shift;
    public uint flags;
    public ulong offset;
    public ulong size;
}

/// <summary>The size of a real-mode area, in bytes.</summary>
/// <remarks>Used by KVM_ALLOCATE_RMA.</remarks>
public struct kvm_allocate_rma
{
    public ulong rma_size;
}

/// <summary>Where to start in the hash table.</summary>
/// <remarks>Used by KVM_PPC_GET_HTAB_FD.</remarks>
public struct kvm_get_htab_fd
{
    public ulong flags;
    public ulong start_index;
    public Array2<ulong> reserved;
}

/// <summary>A firmware call's name and token.</summary>
/// <remarks>Used by KVM_PPC_RTAS_DEFINE_TOKEN.</remarks>
public struct kvm_rtas_token_args
{
    public Array120<byte> name;
    public ulong token;
}

/// <summary>The new size of the hash table, as a power of two.</summary>
/// <remarks>Used by KVM_PPC_RESIZE_HPT_PREPARE.</remarks>
public struct kvm_ppc_resize_hpt
{
    public ulong flags;
    public uint shift;
    public uint pad;
}

/// <summary>The kind of page tables.</summary>
/// <remarks>Used by KVM_PPC_CONFIGURE_V3_MMU.</remarks>
public struct kvm_ppc_mmuv3_cfg
{
    public ulong flags;
    public ulong process_table;
}

/// <summary>A geometry of radix page tables.</summary>
/// <remarks>Used by KVM_PPC_GET_RMMU_INFO.</remarks>
public struct kvm_ppc_radix_geom
{
    public byte page_shift;
    public Array4<byte> level_bits;
    public Array3<byte> pad;
}

/// <summary>The geometry of radix page tables.</summary>
/// <remarks>Used by KVM_PPC_GET_RMMU_INFO.</remarks>
public struct kvm_ppc_rmmu_info
{
    public Array8<kvm_ppc_radix_geom> geometries;
    public Array8<uint> ap_encodings;
}

/// <summary>The processor's speculation weaknesses and the masks of what is known.</summary>
/// <remarks>Used by KVM_PPC_GET_CPU_CHAR.</remarks>
public struct kvm_ppc_cpu_char
{
    public ulong character;
    public ulong behaviour;
    public ulong character_mask;
    public ulong behaviour_mask;
}

/// <summary>The bitmap of changed TLB entries.</summary>
/// <remarks>Used by KVM_DIRTY_TLB.</remarks>
public struct kvm_dirty_tlb
{
    public ulong bitmap;
    public uint num_dirty;
}
