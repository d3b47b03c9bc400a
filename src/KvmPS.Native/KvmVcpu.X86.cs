using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>What only x86 has: CPUID and MSRs.</content>
public sealed partial class KvmVcpu
{
    // What CPUID does not offer reads as zero and cannot be written (arch/x86/kvm/x86.c, guest_supported_xcr0).
    private RegisterSet ExtendedState
    {
        get
        {
            KvmCpuidEntry? offered = GetCpuid().FirstOrDefault(entry => entry.Function == Abi.ExtendedState.CpuidLeaf && entry.Index == 0);
            const ulong X87AndSse = 3;
            return Vm.GetExtendedState(X87AndSse | (offered is null ? 0 : (ulong)offered.Edx << 32 | offered.Eax));
        }
    }

    /// <summary>KVM_GET_CPUID2: what CPUID answers the guest.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.47 KVM_GET_CPUID2</seealso>
    public IReadOnlyList<KvmCpuidEntry> GetCpuid()
    {
        // Older kernels leave the count as it was: what they did not fill in is zero, as no entry but the first can be.
        var entries = QueryList<kvm_cpuid_entry2>(Requests.KVM_GET_CPUID2).Select(KvmCpuidEntry.From).ToList();
        var nothing = new KvmCpuidEntry(0, 0, 0, 0, 0, 0, 0);
        int count = entries.FindLastIndex(entry => entry != nothing) + 1;
        return entries[..count];
    }

    /// <summary>KVM_SET_CPUID2: what CPUID shall answer the guest, all of it.</summary>
    /// <param name="entries">The entries, usually from <see cref="KvmSystem.GetSupportedCpuid"/>.</param>
    /// <exception cref="KvmException">EINVAL: the guest has run already, or such a processor cannot be; E2BIG: more than 256 entries.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.20 KVM_SET_CPUID2</seealso>
    public void SetCpuid(IEnumerable<KvmCpuidEntry> entries) =>
        PassList(Requests.KVM_SET_CPUID2, entries.Select(entry => entry.ToStruct()).ToArray().AsSpan());

    /// <summary>KVM_GET_TSC_KHZ, and what the counter says.</summary>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.56 KVM_GET_TSC_KHZ</seealso>
    public KvmTsc GetTsc()
    {
        const uint Ia32Tsc = 0x10;
        return new KvmTsc(this, (uint)Ioctl(Requests.KVM_GET_TSC_KHZ), ReadMsrs([Ia32Tsc])[0] ?? 0);
    }

    /// <summary>KVM_SET_TSC_KHZ: how fast the guest's time-stamp counter counts.</summary>
    /// <param name="khz">The frequency in kHz, below 2^31; 0 is the host's own.</param>
    /// <exception cref="KvmException">EINVAL: more than this host can scale to, where it can at all (KVM_CAP_TSC_CONTROL).</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.55 KVM_SET_TSC_KHZ</seealso>
    public unsafe void SetTscFrequency(uint khz)
    {
        int before = Ioctl(Requests.KVM_GET_TSC_KHZ);
        if (TryIoctl(Requests.KVM_SET_TSC_KHZ, (void*)khz, out _, out Errno errno))
            return;
        // The kernel notes what it is asked for before it finds that it cannot.
        TryIoctl(Requests.KVM_SET_TSC_KHZ, (void*)before, out _, out _);
        throw KvmException.From(nameof(Requests.KVM_SET_TSC_KHZ), errno, this);
    }

    /// <summary>KVM_GET_MSRS.</summary>
    /// <param name="indexes">The MSRs' numbers.</param>
    /// <returns>The values; null where the vCPU does not have the MSR.</returns>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.18 KVM_GET_MSRS</seealso>
    public new ulong?[] ReadMsrs(IReadOnlyList<uint> indexes) => base.ReadMsrs(indexes);

    /// <summary>KVM_SET_MSRS; where the vCPU refuses one, those before it are as they were.</summary>
    /// <param name="values">Numbers and values, written in this order.</param>
    /// <exception cref="KvmException">EINVAL: an MSR that the vCPU does not have, or a value that it cannot have.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.19 KVM_SET_MSRS</seealso>
    public void WriteMsrs(IReadOnlyList<(uint Index, ulong Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ulong?[] before = ReadMsrs([.. values.Select(value => value.Index)]);
        int written = 0;
        try
        {
            while (written < values.Count)
            {
                kvm_msr_entry[] entries = [.. values.Skip(written).Take(MostMsrs).Select(Entry)];
                int taken = PassList(Requests.KVM_SET_MSRS, entries.AsSpan());
                written += taken;
                if (taken == entries.Length)
                    continue;
                (uint index, ulong refused) = values[written];
                throw new KvmException(
                    nameof(Requests.KVM_SET_MSRS), Errno.EINVAL, this,
                    $"{this} does not take 0x{refused:X} for {MsrCatalog.NameOf(index)} (0x{index:X}). Nothing was changed.");
            }
        }
        catch (KvmException)
        {
            PutBack(values, before, written);
            throw;
        }
    }

    /// <summary>KVM_GET_SUPPORTED_HV_CPUID of the vCPU: what it can be told of Hyper-V.</summary>
    internal IReadOnlyList<KvmCpuidEntry> GetSupportedHyperVCpuid() =>
        Array.ConvertAll(QueryList<kvm_cpuid_entry2>(Requests.KVM_GET_SUPPORTED_HV_CPUID), KvmCpuidEntry.From);

    // Those that could not be read have no value to go back to.
    private void PutBack(IReadOnlyList<(uint Index, ulong Value)> values, ulong?[] before, int written)
    {
        IEnumerable<kvm_msr_entry> back = values.Take(written)
            .Select((value, i) => (value.Index, Before: before[i]))
            .Where(value => value.Before is not null)
            .Select(value => Entry((value.Index, value.Before!.Value)));
        foreach (kvm_msr_entry[] part in back.Chunk(MostMsrs))
            PassList(Requests.KVM_SET_MSRS, part.AsSpan());
    }

    private static kvm_msr_entry Entry((uint Index, ulong Value) msr) => new() { index = msr.Index, data = msr.Value };
}
