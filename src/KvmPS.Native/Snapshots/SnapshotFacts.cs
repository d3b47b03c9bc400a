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
}
