using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>What only x86 has.</content>
public partial class KvmSystem
{
    /// <summary>KVM_GET_SUPPORTED_CPUID: what host and KVM support together.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.46 KVM_GET_SUPPORTED_CPUID</seealso>
    public IReadOnlyList<KvmCpuidEntry> GetSupportedCpuid() =>
        Array.ConvertAll(QueryList<kvm_cpuid_entry2>(Requests.KVM_GET_SUPPORTED_CPUID), KvmCpuidEntry.From);

    /// <summary>KVM_GET_EMULATED_CPUID: what KVM emulates, which is slow and therefore not among what is supported.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.88 KVM_GET_EMULATED_CPUID</seealso>
    public IReadOnlyList<KvmCpuidEntry> GetEmulatedCpuid() =>
        Array.ConvertAll(QueryList<kvm_cpuid_entry2>(Requests.KVM_GET_EMULATED_CPUID), KvmCpuidEntry.From);

    /// <summary>KVM_GET_SUPPORTED_HV_CPUID: what guests can be told of Hyper-V.</summary>
    /// <exception cref="KvmException">The kernel is older than KVM_CAP_SYS_HYPERV_CPUID (Linux 5.11), where a vCPU is to be asked.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.118 KVM_GET_SUPPORTED_HV_CPUID</seealso>
    public IReadOnlyList<KvmCpuidEntry> GetSupportedHyperVCpuid() =>
        Array.ConvertAll(QueryList<kvm_cpuid_entry2>(Requests.KVM_GET_SUPPORTED_HV_CPUID), KvmCpuidEntry.From);

    /// <summary>KVM_X86_GET_MCE_CAP_SUPPORTED: the MSR_IA32_MCG_CAP that a vCPU can be given.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.104 KVM_X86_GET_MCE_CAP_SUPPORTED</seealso>
    public ulong GetSupportedMceCapabilities()
    {
        ulong value = 0;
        Ioctl(Requests.KVM_X86_GET_MCE_CAP_SUPPORTED, ref value);
        return value;
    }

    /// <summary>KVM_GET_MSR_INDEX_LIST: the MSRs that a guest's state consists of.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.3 KVM_GET_MSR_INDEX_LIST</seealso>
    public IReadOnlyList<uint> GetMsrIndexList() => QueryMsrList(Requests.KVM_GET_MSR_INDEX_LIST);

    /// <summary>KVM_GET_MSR_FEATURE_INDEX_LIST: the MSRs that tell what the host can offer.</summary>
    /// <inheritdoc cref="GetMsrIndexList"/>
    public IReadOnlyList<uint> GetFeatureMsrIndexList() => QueryMsrList(Requests.KVM_GET_MSR_FEATURE_INDEX_LIST);

    /// <summary>KVM_GET_MSRS of the host: the values of feature MSRs.</summary>
    /// <param name="indexes">Numbers of <see cref="GetFeatureMsrIndexList"/>.</param>
    /// <returns>The values; null where one cannot be read.</returns>
    public ulong?[] ReadFeatureMsrs(IReadOnlyList<uint> indexes) => ReadMsrs(indexes);

    // CPUID 1, ECX bit 5: VMX; 0x80000001, ECX bit 2: SVM. What KVM offers, not what the processor has.
    private bool SupportsNestedX86() =>
        GetSupportedCpuid().Any(entry => (entry.Function, entry.Ecx) is (1, var one) && (one & 1 << 5) != 0
            || (entry.Function, entry.Ecx) is (0x8000_0001, var extended) && (extended & 1 << 2) != 0);
}
