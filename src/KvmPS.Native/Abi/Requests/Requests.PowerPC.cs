using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Reads the instructions of the paravirtual hypercall.</summary>
    public static Request KVM_PPC_GET_PVINFO => field ??= Request.Write<kvm_ppc_pvinfo>(0xa1, Vm, Arch.PowerPC);

    /// <summary>Reads the page sizes of the segment MMU.</summary>
    public static Request KVM_PPC_GET_SMMU_INFO => field ??= Request.Read<kvm_ppc_smmu_info>(0xa6, Vm, Arch.PowerPC);

    /// <summary>Allocates the hash table; points to the order of its size.</summary>
    public static Request KVM_PPC_ALLOCATE_HTAB => field ??= Request.ReadWrite<uint>(0xa7, Vm, Arch.PowerPC);

    /// <summary>Creates a table of DMA translations and returns its fd.</summary>
    public static Request KVM_CREATE_SPAPR_TCE => field ??= Request.Write<kvm_create_spapr_tce>(0xa8, Vm, Arch.PowerPC);

    /// <summary>As KVM_CREATE_SPAPR_TCE, for 64-bit windows.</summary>
    public static Request KVM_CREATE_SPAPR_TCE_64
        => field ??= Request.Write<kvm_create_spapr_tce_64>(0xa8, Vm, Arch.PowerPC);

    /// <summary>Removed; no current kernel answers it.</summary>
    public static Request KVM_ALLOCATE_RMA => field ??= Request.Read<kvm_allocate_rma>(0xa9, Vm, Arch.PowerPC);

    /// <summary>Returns an fd through which the hash table is read or written.</summary>
    public static Request KVM_PPC_GET_HTAB_FD => field ??= Request.Write<kvm_get_htab_fd>(0xaa, Vm, Arch.PowerPC);

    /// <summary>Gives a firmware call of the guest to the kernel.</summary>
    public static Request KVM_PPC_RTAS_DEFINE_TOKEN
        => field ??= Request.Write<kvm_rtas_token_args>(0xac, Vm, Arch.PowerPC);

    /// <summary>Begins a resize of the hash table and returns the milliseconds left.</summary>
    public static Request KVM_PPC_RESIZE_HPT_PREPARE
        => field ??= Request.Read<kvm_ppc_resize_hpt>(0xad, Vm, Arch.PowerPC);

    /// <summary>Completes a resize of the hash table.</summary>
    public static Request KVM_PPC_RESIZE_HPT_COMMIT
        => field ??= Request.Read<kvm_ppc_resize_hpt>(0xae, Vm, Arch.PowerPC);

    /// <summary>Chooses hash or radix page tables.</summary>
    public static Request KVM_PPC_CONFIGURE_V3_MMU
        => field ??= Request.Write<kvm_ppc_mmuv3_cfg>(0xaf, Vm, Arch.PowerPC);

    /// <summary>Reads the geometry of radix page tables.</summary>
    public static Request KVM_PPC_GET_RMMU_INFO => field ??= Request.Write<kvm_ppc_rmmu_info>(0xb0, Vm, Arch.PowerPC);

    /// <summary>Reads which speculation weaknesses the processor has.</summary>
    public static Request KVM_PPC_GET_CPU_CHAR => field ??= Request.Read<kvm_ppc_cpu_char>(0xb1, Vm, Arch.PowerPC);

    /// <summary>Turns a secure VM back into a normal one.</summary>
    public static Request KVM_PPC_SVM_OFF => field ??= Request.Io(0xb3, Vm, Arch.PowerPC);

    /// <summary>Tells KVM which entries of the shared TLB changed.</summary>
    public static Request KVM_DIRTY_TLB => field ??= Request.Write<kvm_dirty_tlb>(0xaa, Vcpu, Arch.PowerPC);
}
