using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.HostSnapshot;

/// <summary>Get-KvmHostSnapshot: everything of this host that decides whether a guest can move.</summary>
[Cmdlet(VerbsCommon.Get, "KvmHostSnapshot"), OutputType(typeof(KvmHostSnapshot))]
public sealed class GetKvmHostSnapshotCommand : KvmCmdlet
{
    /// <summary>The KVM device node.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string DevicePath { get; set; } = KvmSystem.DefaultDevicePath;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Emit(() =>
    {
        KvmHostSnapshot snapshot = new KvmSystem(DevicePath).TakeSnapshot();
        foreach (KvmSnapshotGap gap in snapshot.Gaps)
            WriteWarning($"The snapshot lacks {gap.Name}: {gap.Reason}");
        return snapshot;
    });
}
