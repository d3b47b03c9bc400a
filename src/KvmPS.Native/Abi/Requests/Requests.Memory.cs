using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Creates, changes, moves or (with size 0) deletes a memory slot.</summary>
    public static Request KVM_SET_USER_MEMORY_REGION => field ??= Request.Write<kvm_userspace_memory_region>(0x46, Vm);

    /// <summary>As KVM_SET_USER_MEMORY_REGION, with memory from a guest_memfd besides.</summary>
    public static Request KVM_SET_USER_MEMORY_REGION2
        => field ??= Request.Write<kvm_userspace_memory_region2>(0x49, Vm);

    /// <summary>Makes a range of guest memory private or shared.</summary>
    public static Request KVM_SET_MEMORY_ATTRIBUTES => field ??= Request.Write<kvm_memory_attributes>(0xd2, Vm);

    /// <summary>Creates an anonymous file for guest memory that user space need not map, and returns its fd.</summary>
    public static Request KVM_CREATE_GUEST_MEMFD => field ??= Request.ReadWrite<kvm_create_guest_memfd>(0xd4, Vm);

    /// <summary>Populates the second-stage page tables of a range; the struct says how much is left.</summary>
    public static Request KVM_PRE_FAULT_MEMORY => field ??= Request.ReadWrite<kvm_pre_fault_memory>(0xd5, Vcpu);

    /// <summary>Reads a slot's bitmap of pages written since the last call.</summary>
    public static Request KVM_GET_DIRTY_LOG => field ??= Request.Write<kvm_dirty_log>(0x42, Vm);

    /// <summary>Write-protects pages again, where clearing is manual.</summary>
    public static Request KVM_CLEAR_DIRTY_LOG => field ??= Request.ReadWrite<kvm_clear_dirty_log>(0xc0, Vm);

    /// <summary>Gives harvested dirty-ring entries back and returns their number.</summary>
    public static Request KVM_RESET_DIRTY_RINGS => field ??= Request.Io(0xc7, Vm);

    /// <summary>Limits the pages of the shadow MMU to the number given by value.</summary>
    public static Request KVM_SET_NR_MMU_PAGES => field ??= Request.IoValue(0x44, Vm, Arch.X86);

    /// <summary>Deprecated; no current kernel answers it.</summary>
    public static Request KVM_GET_NR_MMU_PAGES => field ??= Request.Io(0x45, Vm, Arch.X86);

    /// <summary>Collects writes to a zone in a ring instead of exiting for each.</summary>
    public static Request KVM_REGISTER_COALESCED_MMIO => field ??= Request.Write<kvm_coalesced_mmio_zone>(0x67, Vm);

    /// <summary>Ends the collection of writes to a zone.</summary>
    public static Request KVM_UNREGISTER_COALESCED_MMIO => field ??= Request.Write<kvm_coalesced_mmio_zone>(0x68, Vm);

    /// <summary>Translates a guest-virtual address by the vCPU's current mode.</summary>
    public static Request KVM_TRANSLATE => field ??= Request.ReadWrite<kvm_translation>(0x85, Vcpu);
}
