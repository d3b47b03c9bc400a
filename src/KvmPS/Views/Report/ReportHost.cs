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

    /// <summary>What it has, by kind and name, escaped.</summary>
    public IReadOnlyDictionary<(KvmHostDifferenceKind Kind, string Name), string> Facts { get; } = FactsOf(snapshot);

    /// <summary>What a host has; what belongs to one host alone is left out.</summary>
    public static IReadOnlyDictionary<(KvmHostDifferenceKind Kind, string Name), string> FactsOf(KvmHostSnapshot snapshot) => SnapshotFacts.Of(snapshot)
        .Where(fact => fact.Kind is not (KvmHostDifferenceKind.Kernel or KvmHostDifferenceKind.Processor or KvmHostDifferenceKind.Tsc or KvmHostDifferenceKind.Clock))
        .DistinctBy(fact => (fact.Kind, fact.Name))
        .ToDictionary(
            fact => (fact.Kind, fact.Name),
            fact => fact.Value is 1 && fact.Kind == KvmHostDifferenceKind.Capability ? "yes" : Html.Escape(fact.Value));
}
