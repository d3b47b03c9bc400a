using System.Text;
using KvmPS.Native.Abi;
using Kind = KvmPS.Native.KvmHostDifferenceKind;

namespace KvmPS.Native;

/// <content>What only x86 has.</content>
public sealed partial class SnapshotComparison
{
    /// <summary>What KVM (tsc_tolerance_ppm of arch/x86/kvm/x86.c) takes for the same frequency, in parts per million.</summary>
    private const int TscTolerance = 250;

    private const uint XsaveLeaf = 0xD;
    private const string OfHypervisors = " Only guests that are hypervisors themselves (vmx) are concerned.";
    private const string OfWindows = " Only guests that were given Hyper-V's interface are concerned.";

    private static readonly string[] Registers = ["EAX", "EBX", "ECX", "EDX"];

    private void CompareX86()
    {
        CompareTime();
        if (BothHave(nameof(KvmHostSnapshot.Cpuid), snapshot => snapshot.Cpuid))
        {
            CompareModel();
            CompareCpuid(ValueTable.Cpuid, reference.Cpuid!, other.Cpuid!, leaf => leaf == XsaveLeaf ? Kind.Xsave : Kind.Cpuid);
        }
        if (BothHave(nameof(KvmHostSnapshot.HyperVCpuid), snapshot => snapshot.HyperVCpuid))
            Amend(() => CompareCpuid(ValueTable.HyperVCpuid, reference.HyperVCpuid!, other.HyperVCpuid!, _ => Kind.HyperV), OfWindows);
        if (BothHave(nameof(KvmHostSnapshot.Msrs), snapshot => snapshot.Msrs))
        {
            CompareSupport(
                Kind.Msr, reference.Msrs!, other.Msrs!, row => row.Index, row => row.Name, _ => true,
                "It is part of a guest's state on the reference and cannot be restored there.", "absent");
        }
        if (BothHave(nameof(KvmHostSnapshot.FeatureMsrs), snapshot => snapshot.FeatureMsrs))
            CompareFeatureMsrs();
    }

    private void CompareTime()
    {
        if (reference.TscKhz != other.TscKhz)
        {
            (bool blocking, string reason) = JudgeTsc();
            Add(Kind.Tsc, "TscKhz", reference.TscKhz, other.TscKhz, blocking, reason);
        }
        if (reference.ClockFlags != other.ClockFlags)
        {
            Add(Kind.Clock, "ClockFlags", reference.ClockFlags, other.ClockFlags, false,
                "A clock that is not TscStable is dearer to read; guests see that and go on.");
        }
    }

    private (bool Blocking, string Reason) JudgeTsc()
    {
        if (reference.TscKhz is not { } before)
            return (false, New);
        if (other.TscKhz is not { } after)
            return (true, "The frequency there is not known.");
        if (Math.Abs((long)after - before) * 1_000_000 <= (long)before * TscTolerance)
            return (false, $"The same within {TscTolerance} ppm, which KVM takes for equal.");
        return other.Capabilities?.Any(row => row is { Name: nameof(Capability.KVM_CAP_TSC_CONTROL), Value: > 0 }) == true
            ? (false, "That host can scale it (KVM_CAP_TSC_CONTROL): KVM_SET_TSC_KHZ gives guests the frequency that they know.")
            : (true, "That host cannot scale it (KVM_CAP_TSC_CONTROL), so time would run at another speed for a guest that reads it.");
    }

    private void CompareModel()
    {
        (string vendor, string model) = Identify(reference.Cpuid!);
        (string otherVendor, string otherModel) = Identify(other.Cpuid!);
        if (vendor != otherVendor)
        {
            Add(Kind.Processor, "Vendor", vendor, otherVendor, true,
                "The processors differ in what no feature bit tells (system calls, errata), and guests choose by the vendor.");
        }
        if (model != otherModel)
            Add(Kind.Processor, "Model", model, otherModel, false, "A guest keeps the numbers that it was given.");
    }

    // Intel SDM, CPUID leaf 0 and 1: the vendor in EBX, EDX, ECX; family and model with their extensions.
    private static (string Vendor, string Model) Identify(IReadOnlyList<KvmCpuidEntry> cpuid)
    {
        KvmCpuidEntry? zero = cpuid.FirstOrDefault(entry => entry.Function == 0);
        uint signature = cpuid.FirstOrDefault(entry => entry.Function == 1)?.Eax ?? 0;
        uint family = (signature >> 8) & 0xF;
        uint model = (signature >> 4) & 0xF;
        if (family is 6 or 15)
            model |= ((signature >> 16) & 0xF) << 4;
        if (family == 15)
            family += (signature >> 20) & 0xFF;
        string vendor = zero is null ? "unknown" : Encoding.ASCII.GetString(
            [.. BitConverter.GetBytes(zero.Ebx), .. BitConverter.GetBytes(zero.Edx), .. BitConverter.GetBytes(zero.Ecx)]);
        return (vendor, $"family {family}, model {model}, stepping {signature & 0xF}");
    }

    private void CompareCpuid(
        IReadOnlyDictionary<string, ValueField[]> table, IReadOnlyList<KvmCpuidEntry> ofReference, IReadOnlyList<KvmCpuidEntry> ofOther,
        Func<uint, Kind> kindOf)
    {
        Dictionary<(uint, uint), KvmCpuidEntry> here = Index(ofReference, entry => (entry.Function, entry.Index));
        Dictionary<(uint, uint), KvmCpuidEntry> there = Index(ofOther, entry => (entry.Function, entry.Index));
        foreach ((uint leaf, uint subleaf) in here.Keys.Union(there.Keys).Order())
        {
            here.TryGetValue((leaf, subleaf), out KvmCpuidEntry? before);
            there.TryGetValue((leaf, subleaf), out KvmCpuidEntry? after);
            // That a component of the extended state is missing is said by the mask of the components.
            if (leaf == XsaveLeaf && subleaf > 1 && (before is null || after is null))
                continue;
            for (int register = 0; register < Registers.Length; register++)
                CompareRegister(table, kindOf(leaf), leaf, subleaf, register, before, after);
        }
    }

    private void CompareRegister(
        IReadOnlyDictionary<string, ValueField[]> table, Kind kind, uint leaf, uint subleaf, int register, KvmCpuidEntry? before, KvmCpuidEntry? after)
    {
        uint had = Answer(before, register);
        uint has = Answer(after, register);
        if (had == has)
            return;
        string place = $"CPUID 0x{leaf:X}.{subleaf} {Registers[register]}";
        bool anySubleaf = !Find(table, leaf, $"{subleaf}", Registers[register], out ValueField[] fields);
        if (anySubleaf)
            Find(table, leaf, "*", Registers[register], out fields);
        int first = found.Count;
        Compare(kind, fields, had, has, NameOf, 32);
        if (kind == Kind.Cpuid)
            Emulated(first, fields, leaf, subleaf, register);

        string NameOf(ValueField field) =>
            !Array.Exists(fields, known => known == field) ? $"{place} {field.Name}"
            : anySubleaf && subleaf > 0 ? $"{field.Name} {subleaf}"
            : field.Name;
    }

    private static bool Find(IReadOnlyDictionary<string, ValueField[]> table, uint leaf, string subleaf, string register, out ValueField[] fields)
    {
        bool isKnown = table.TryGetValue($"0x{leaf:X} {subleaf} {register}", out ValueField[]? exact)
            | table.TryGetValue($"0x{leaf:X} {subleaf} *", out ValueField[]? any);
        fields = exact ?? any ?? Nothing;
        return isKnown;
    }

    private static uint Answer(KvmCpuidEntry? entry, int register) => entry is null ? 0 : register switch
    {
        0 => entry.Eax,
        1 => entry.Ebx,
        2 => entry.Ecx,
        _ => entry.Edx,
    };

    // What the other host's processor lacks, its KVM may emulate.
    private void Emulated(int first, ValueField[] fields, uint leaf, uint subleaf, int register)
    {
        uint emulated = Answer(other.EmulatedCpuid?.FirstOrDefault(entry => entry.Function == leaf && entry.Index == subleaf), register);
        if (emulated == 0)
            return;
        for (int i = first; i < found.Count; i++)
        {
            if (found[i].Blocking && Array.Find(fields, field => field.Name == found[i].Name) is { } field && (field.Mask & emulated) != 0)
                found[i] = found[i] with { Blocking = false, Reason = "KVM emulates it there, which is slow." };
        }
    }

    private void CompareFeatureMsrs()
    {
        Dictionary<uint, KvmSnapshotMsr> here = Index(reference.FeatureMsrs!, row => row.Index);
        Dictionary<uint, KvmSnapshotMsr> there = Index(other.FeatureMsrs!, row => row.Index);
        foreach (uint index in here.Keys.Union(there.Keys).Order())
        {
            here.TryGetValue(index, out KvmSnapshotMsr? before);
            there.TryGetValue(index, out KvmSnapshotMsr? after);
            string name = (before ?? after)!.Name;
            Amend(() => CompareFeatureMsr(name, before, after), name.StartsWith("MSR_IA32_VMX_", StringComparison.Ordinal) ? OfHypervisors : "");
        }
    }

    private void CompareFeatureMsr(string name, KvmSnapshotMsr? before, KvmSnapshotMsr? after)
    {
        if (before?.Value is { } had && after?.Value is { } has)
        {
            ValueTable.FeatureMsrs.TryGetValue(name, out ValueField[]? fields);
            Compare(Kind.FeatureMsr, fields ?? Nothing, had, has, field => $"{name} {field.Name}", 64, unknownMatters: true);
        }
        else if (before?.Value != after?.Value || before is null != after is null)
        {
            bool lost = before?.Value is not null || after is null;
            Add(Kind.FeatureMsr, name, Told(before), Told(after), lost, lost ? Gone : New);
        }

        static string Told(KvmSnapshotMsr? msr) => msr is null ? "absent" : msr.Value is { } value ? $"0x{value:X}" : "not readable";
    }

    /// <summary>Says of what comes out of a comparison whom it concerns.</summary>
    private void Amend(Action compare, string whom)
    {
        int first = found.Count;
        compare();
        for (int i = first; i < found.Count; i++)
        {
            if (found[i].Blocking)
                found[i] = found[i] with { Reason = found[i].Reason + whom };
        }
    }
}
