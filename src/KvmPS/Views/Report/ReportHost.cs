using KvmPS.Native;

namespace KvmPS.Views.Report;

/// <summary>A host in a report: its snapshot, what it has, and how it differs from the one that all are compared with.</summary>
internal sealed class ReportHost(KvmHostSnapshot snapshot, int number, IReadOnlyList<KvmHostDifference> differences)
{
    public KvmHostSnapshot Snapshot => snapshot;

    /// <summary>Its place among the hosts, from 1: names need not be different.</summary>
    public int Number => number;

    public IReadOnlyList<KvmHostDifference> Differences => differences;

    public int Blocking { get; } = differences.Count(row => row.Blocking);

    /// <summary>What it has, by kind and name, escaped; what belongs to one host alone is left out.</summary>
    public IReadOnlyDictionary<(KvmHostDifferenceKind Kind, string Name), string> Facts { get; } = SnapshotFacts.Of(snapshot)
        .Where(fact => fact.Kind is not (KvmHostDifferenceKind.Kernel or KvmHostDifferenceKind.Processor or KvmHostDifferenceKind.Tsc or KvmHostDifferenceKind.Clock))
        .DistinctBy(fact => (fact.Kind, fact.Name))
        .ToDictionary(fact => (fact.Kind, fact.Name), fact => Html.Escape(fact.Value));

    /// <summary>Whether a thing is not known of it, because it could not be read.</summary>
    public bool IsUnread((KvmHostDifferenceKind Kind, string Name) name) => !Facts.ContainsKey(name) && !SnapshotFacts.WasRead(snapshot, name.Kind, name.Name);

    /// <summary>Whether what it has of a thing keeps guests of the reference away.</summary>
    public bool IsBlocked((KvmHostDifferenceKind Kind, string Name) name) =>
        differences.Any(row => row.Blocking && row.Kind == name.Kind && (row.Name == name.Name || (HasFields(row.Kind) && row.Name.StartsWith(name.Name + " ", StringComparison.Ordinal))));

    // One fact, of which every field or bit is compared by itself.
    private static bool HasFields(KvmHostDifferenceKind kind) => kind is
        KvmHostDifferenceKind.Capability or KvmHostDifferenceKind.Limit or KvmHostDifferenceKind.FeatureMsr or KvmHostDifferenceKind.Register;
}
