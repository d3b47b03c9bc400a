using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Saving a vCPU and making it again.</content>
public sealed partial class KvmVcpu
{
    internal VmStateVcpu SaveState()
    {
        CompleteExit();
        var parts = new Dictionary<string, byte[]>();
        foreach (StatePart part in PartsBeforeMsrs().Concat(PartsAfterMsrs()))
        {
            if (part.Read(this) is { } bytes)
                parts.Add(part.Name, bytes);
        }
        IReadOnlyList<uint> indexes = Vm.System.GetMsrIndexList();
        ulong?[] values = ReadMsrs(indexes);
        var msrs = new Dictionary<uint, ulong>();
        for (int i = 0; i < indexes.Count; i++)
        {
            if (values[i] is { } value)
                msrs.Add(indexes[i], value);
        }
        return new VmStateVcpu(Id, Ioctl(Requests.KVM_GET_TSC_KHZ), [.. GetCpuid()], parts, msrs);
    }

    internal void RestoreState(VmStateVcpu state, VmStateFolder folder)
    {
        SetCpuid(state.Cpuid);
        if (state.TscKhz != Ioctl(Requests.KVM_GET_TSC_KHZ))
            Ioctl(Requests.KVM_SET_TSC_KHZ, (nuint)state.TscKhz);
        WriteParts(PartsBeforeMsrs(), state, folder);
        foreach ((uint index, ulong value) in state.Msrs)
            RestoreMsr(index, value);
        WriteParts(PartsAfterMsrs(), state, folder);
    }

    private void WriteParts(IEnumerable<StatePart> parts, VmStateVcpu state, VmStateFolder folder)
    {
        foreach (StatePart part in parts)
        {
            if (state.Parts.TryGetValue(part.Name, out byte[]? bytes))
                Ioctl(part.Set, KvmVm.Exactly(bytes, part.Size, part.Name, folder).AsSpan());
        }
    }

    // Some MSRs cannot be written even with the value that they have.
    private void RestoreMsr(uint index, ulong value)
    {
        try
        {
            WriteMsrs([(index, value)]);
        }
        catch (KvmException exception) when (exception.Errno == Errno.EINVAL && ReadMsrs([index])[0] == value)
        {
            return;
        }
    }

    // What is valid in one of these depends on those before it: modes, the APIC's base, then what lies behind.
    private IEnumerable<StatePart> PartsBeforeMsrs()
    {
        yield return PartOf("Special");
        yield return PartOf("Lapic");
        yield return PartOf("General");
        yield return PartOf("Xcr");
        yield return new("Xsave", ExtendedState.Get, ExtendedState.Set, ExtendedState.Size);
        // What KVM_SET_FPU wrote is not marked as valid in the extended state until the guest has run.
        yield return new("Fpu", Requests.KVM_GET_FPU, Requests.KVM_SET_FPU, Unsafe.SizeOf<Abi.X86.kvm_fpu>());
    }

    private static IEnumerable<StatePart> PartsAfterMsrs() => [PartOf("Events"), PartOf("MpState"), PartOf("Debug")];

    private static StatePart PartOf(string name)
    {
        RegisterSet set = RegisterCatalog.All.Single(set => set.Name == name);
        return new(set.Name, set.Get, set.Set, set.Size);
    }
}
