namespace KvmPS.Native;

/// <summary>Everything that a snapshot says a host has, by the names that comparisons use.</summary>
public static class SnapshotFacts
{
    /// <summary>What a host has beyond a host that has nothing.</summary>
    /// <param name="snapshot">The host.</param>
    /// <returns>Kind, name and value: true, a number, or a text.</returns>
    public static IEnumerable<(KvmHostDifferenceKind Kind, string Name, object? Value)> Of(KvmHostSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var nothing = new KvmHostSnapshot
        {
            HostName = "",
            Architecture = snapshot.Architecture,
            LastCapability = uint.MaxValue,
            Capabilities = [],
            DeviceTypes = [],
            DeviceAttrs = [],
            Cpuid = [],
            EmulatedCpuid = [],
            HyperVCpuid = [],
            Msrs = [],
            FeatureMsrs = [],
            Registers = [],
        };
        foreach (KvmHostDifference row in new SnapshotComparison(nothing).With(snapshot))
        {
            // The registers' values are more telling than that they are there; the values of feature MSRs are, bit by bit.
            if (row.Kind is not (KvmHostDifferenceKind.Snapshot or KvmHostDifferenceKind.Register or KvmHostDifferenceKind.FeatureMsr))
                yield return (row.Kind, row.Name, row.Difference);
        }
        foreach (KvmSnapshotRegister register in snapshot.Registers ?? [])
            yield return (KvmHostDifferenceKind.Register, register.Name, register.Value is { } value ? $"0x{value:X}" : true);
        foreach (KvmSnapshotMsr msr in snapshot.FeatureMsrs ?? [])
            yield return (KvmHostDifferenceKind.FeatureMsr, msr.Name, msr.Value is { } value ? $"0x{value:X}" : "not readable");
    }

    /// <summary>Whether a snapshot would tell a thing if the host had it; false where that part of it is missing or could not be read.</summary>
    /// <param name="snapshot">The host.</param>
    /// <param name="kind">What kind of thing it is.</param>
    /// <param name="name">Its name, as <see cref="Of"/> has it.</param>
    public static bool WasRead(KvmHostSnapshot snapshot, KvmHostDifferenceKind kind, string name)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(name);
        return kind switch
        {
            KvmHostDifferenceKind.Capability or KvmHostDifferenceKind.Limit or KvmHostDifferenceKind.VmType => snapshot.Capabilities is not null,
            KvmHostDifferenceKind.DeviceType => snapshot.DeviceTypes is not null,
            // Each owner of attributes is asked by itself; without a vCPU nobody asks one.
            KvmHostDifferenceKind.DeviceAttr => snapshot.DeviceAttrs is not null
                && !snapshot.Gaps.Any(gap => name.StartsWith(gap.Name.Replace("DeviceAttrs of ", "", StringComparison.Ordinal) + " ", StringComparison.Ordinal)),
            KvmHostDifferenceKind.Cpuid or KvmHostDifferenceKind.Xsave => snapshot.Cpuid is not null,
            KvmHostDifferenceKind.HyperV => snapshot.HyperVCpuid is not null,
            KvmHostDifferenceKind.Msr => snapshot.Msrs is not null,
            KvmHostDifferenceKind.FeatureMsr => snapshot.FeatureMsrs is not null,
            KvmHostDifferenceKind.Register => snapshot.Registers is not null,
            _ => true,
        };
    }
}
