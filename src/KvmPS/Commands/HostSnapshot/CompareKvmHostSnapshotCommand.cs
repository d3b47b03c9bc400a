using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.HostSnapshot;

/// <summary>Compare-KvmHostSnapshot: whether a guest of one host could run on others, and why not.</summary>
[Cmdlet(VerbsData.Compare, "KvmHostSnapshot"), OutputType(typeof(KvmHostDifference))]
public sealed class CompareKvmHostSnapshotCommand : SnapshotCmdlet
{
    private SnapshotComparison? comparison;

    /// <summary>The host where the guest runs: a snapshot, also one that was JSON, CliXml or in another process; or its JSON text.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNull]
    public PSObject ReferenceObject { get; set; } = null!;

    /// <summary>The hosts where it might go.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject[] DifferenceObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing() => comparison = new SnapshotComparison(ReadReference(ReferenceObject));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmHostSnapshot snapshot in Read(DifferenceObject))
            WriteObject(comparison!.With(snapshot), enumerateCollection: true);
    }
}
