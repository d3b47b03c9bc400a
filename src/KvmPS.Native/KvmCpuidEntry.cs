using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>What CPUID answers for one function and index.</summary>
/// <param name="Function">The value of EAX that is asked for.</param>
/// <param name="Index">The value of ECX that is asked for, where it matters.</param>
/// <param name="Flags">KVM_CPUID_FLAG_*: 1 where the index matters.</param>
/// <param name="Eax">The answer in EAX.</param>
/// <param name="Ebx">The answer in EBX.</param>
/// <param name="Ecx">The answer in ECX.</param>
/// <param name="Edx">The answer in EDX.</param>
public sealed record KvmCpuidEntry(uint Function, uint Index, uint Flags, uint Eax, uint Ebx, uint Ecx, uint Edx)
{
    /// <inheritdoc/>
    public override string ToString() => $"CPUID 0x{Function:X}.{Index}";

    internal static KvmCpuidEntry From(kvm_cpuid_entry2 entry) =>
        new(entry.function, entry.index, entry.flags, entry.eax, entry.ebx, entry.ecx, entry.edx);

    internal kvm_cpuid_entry2 ToStruct() => new()
    {
        function = Function,
        index = Index,
        flags = Flags,
        eax = Eax,
        ebx = Ebx,
        ecx = Ecx,
        edx = Edx,
    };
}
