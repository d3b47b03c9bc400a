using static KvmPS.Native.Abi.RequestArgument;
using static KvmPS.Native.Abi.RequestScope;

namespace KvmPS.Native.Abi;

public static partial class Requests
{
    /// <summary>Returns the API version, which is always 12.</summary>
    public static Request KVM_GET_API_VERSION => field ??= Request.Io(0x00, RequestScope.System);

    /// <summary>Creates a VM of the machine type given by value and returns its fd.</summary>
    public static Request KVM_CREATE_VM => field ??= Request.IoValue(0x01, RequestScope.System);

    /// <summary>Returns 0, or a positive value, for the <see cref="Capability"/> given by value.</summary>
    public static Request KVM_CHECK_EXTENSION => field ??= Request.IoValue(0x03, RequestScope.System | Vm);

    /// <summary>Returns the bytes to map of a vCPU fd.</summary>
    public static Request KVM_GET_VCPU_MMAP_SIZE => field ??= Request.Io(0x04, RequestScope.System);

    /// <summary>Lists the MSRs that a guest has and that can be saved. E2BIG writes the needed count.</summary>
    public static Request KVM_GET_MSR_INDEX_LIST
        => field ??= Request.ReadWrite<kvm_msr_list>(0x02, RequestScope.System, Arch.X86, argument: Header);

    /// <summary>Lists the MSRs that describe the host's features. E2BIG writes the needed count.</summary>
    public static Request KVM_GET_MSR_FEATURE_INDEX_LIST
        => field ??= Request.ReadWrite<kvm_msr_list>(0x0a, RequestScope.System, Arch.X86, argument: Header);

    /// <summary>
    /// Lists the CPUID entries that host and KVM support. E2BIG leaves the count unchanged: grow and ask again.
    /// </summary>
    public static Request KVM_GET_SUPPORTED_CPUID
        => field ??= Request.ReadWrite<kvm_cpuid2>(0x05, RequestScope.System, Arch.X86, argument: Header);

    /// <summary>
    /// Lists the CPUID features that KVM emulates. E2BIG leaves the count unchanged: grow and ask again.
    /// </summary>
    public static Request KVM_GET_EMULATED_CPUID
        => field ??= Request.ReadWrite<kvm_cpuid2>(0x09, RequestScope.System, Arch.X86, argument: Header);

    /// <summary>Lists the Hyper-V CPUID leaves. E2BIG leaves the count unchanged: grow and ask again.</summary>
    public static Request KVM_GET_SUPPORTED_HV_CPUID
        => field ??= Request.ReadWrite<kvm_cpuid2>(0xc1, RequestScope.System | Vcpu, Arch.X86, argument: Header);

    /// <summary>Reads the machine-check capabilities that a vCPU can be given.</summary>
    public static Request KVM_X86_GET_MCE_CAP_SUPPORTED
        => field ??= Request.Read<ulong>(0x9d, RequestScope.System, Arch.X86);
}
