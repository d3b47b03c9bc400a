using System.Management.Automation;
using KvmPS.Native;
using KvmPS.Views.Report;

namespace KvmPS.Commands.HostReport;

/// <summary>ConvertTo-KvmHostReport: snapshots of hosts as a page of HTML.</summary>
[Cmdlet(VerbsData.ConvertTo, "KvmHostReport"), OutputType(typeof(string))]
public sealed class ConvertToKvmHostReportCommand : HostSnapshot.SnapshotCmdlet
{
    private readonly List<KvmHostSnapshot> snapshots = [];
    private KvmHostSnapshot? reference;

    /// <summary>The hosts: snapshots, also ones that were JSON, CliXml or in another process; or their JSON text.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject[] InputObject { get; set; } = [];

    /// <summary>The host that the others are compared with; by default the first.</summary>
    [Parameter]
    [ValidateNotNull]
    public PSObject? ReferenceObject { get; set; }

    /// <summary>What the page is called.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => reference = ReferenceObject is null ? null : ReadReference(ReferenceObject);

    /// <inheritdoc/>
    protected override void ProcessRecord() => snapshots.AddRange(Read(InputObject));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (snapshots.Count == 0)
            return;
        string title = Title ?? (snapshots.Count > 1 ? "KVM hosts" : $"KVM on {snapshots[0].HostName}");
        WriteObject(new Views.Report.HostReport(title, reference ?? snapshots[0], snapshots).ToString());
    }
}
