using static KvmPS.Native.Abi.RequestArgument;
using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Creates the vCPU with the id given by value and returns its fd.</summary>
    public static Request KVM_CREATE_VCPU => field ??= Request.IoValue(0x41, Vm);

    /// <summary>Chooses the bootstrap processor by its vCPU id, given by value, before any vCPU exists.</summary>
    public static Request KVM_SET_BOOT_CPU_ID => field ??= Request.IoValue(0x78, Vm, Arch.X86);

    /// <summary>Places the three-page region that Intel hosts need, at the guest address given by value.</summary>
    public static Request KVM_SET_TSS_ADDR => field ??= Request.IoValue(0x47, Vm, Arch.X86);

    /// <summary>Places the one-page identity map that Intel hosts need; 0 means the default.</summary>
    public static Request KVM_SET_IDENTITY_MAP_ADDR => field ??= Request.Write<ulong>(0x48, Vm, Arch.X86);

    /// <summary>Decides which MSR accesses of the guest are handled by KVM.</summary>
    public static Request KVM_X86_SET_MSR_FILTER => field ??= Request.Write<kvm_msr_filter>(0xc6, Vm, Arch.X86);

    /// <summary>Decides which performance events the guest may count.</summary>
    public static Request KVM_SET_PMU_EVENT_FILTER
        => field ??= Request.Write<X86.kvm_pmu_event_filter, Arm64.kvm_pmu_event_filter>(
            0xb2, Vm, Arch.X86, argument: Header);

    /// <summary>Ties a Hyper-V connection id to an eventfd.</summary>
    public static Request KVM_HYPERV_EVENTFD => field ??= Request.Write<kvm_hyperv_eventfd>(0xbd, Vm, Arch.X86);

    /// <summary>Returns an fd from which binary statistics are read.</summary>
    public static Request KVM_GET_STATS_FD => field ??= Request.Io(0xce, Vm | Vcpu);

    /// <summary>Enables a capability that is off by default.</summary>
    public static Request KVM_ENABLE_CAP => field ??= Request.Write<kvm_enable_cap>(0xa3, Vm | Vcpu);
}
