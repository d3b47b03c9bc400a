using KvmPS.Native.Abi;
using Kind = KvmPS.Native.KvmHostDifferenceKind;

namespace KvmPS.Native;

/// <content>What only arm64 has.</content>
public sealed partial class SnapshotComparison
{
    private void CompareRegisters()
    {
        if (!BothHave(nameof(KvmHostSnapshot.Registers), snapshot => snapshot.Registers))
            return;
        CompareSupport(
            Kind.Register, reference.Registers!, other.Registers!, row => row.Id, row => row.Name, _ => true,
            "It is part of a guest's state on the reference and cannot be restored there.", "absent");
        Dictionary<ulong, KvmSnapshotRegister> there = Index(other.Registers!, row => row.Id);
        foreach (KvmSnapshotRegister before in reference.Registers!)
        {
            if (before.Value is { } had && there.TryGetValue(before.Id, out KvmSnapshotRegister? after) && after.Value is { } has && had != has)
                CompareRegister(before.Name, had, has, WritableOf(after));
        }
    }

    // Firmware registers take any value up to the host's own (Documentation/virt/kvm/arm/fw-pseudo-registers.rst).
    private static ulong WritableOf(KvmSnapshotRegister register) =>
        Arm64Identification.IsFirmware(register.Id) ? ulong.MaxValue : register.Writable ?? 0;

    /// <summary>A guest has to find the value that it knows: as it is, or because the kernel lets it be set and it is not too much.</summary>
    private void CompareRegister(string name, ulong before, ulong after, ulong writable)
    {
        ulong fixedBits = (before ^ after) & ~writable;
        if (fixedBits != 0)
        {
            Add(Kind.Register, name, $"0x{before:X}", $"0x{after:X}", true,
                $"Guests know the value of the reference, and that kernel does not let it be set (bits 0x{fixedBits:X}).");
            return;
        }
        ValueTable.Arm64Registers.TryGetValue(name, out ValueField[]? fields);
        Compare(Kind.Register, fields ?? Nothing, before, after, field => $"{name} {field.Name}", 64, unknownMatters: true);
    }
}
