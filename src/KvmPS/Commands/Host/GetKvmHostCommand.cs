using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Host;

/// <summary>Get-KvmHost: one look at this host.</summary>
[Cmdlet(VerbsCommon.Get, "KvmHost"), OutputType(typeof(KvmHost))]
public sealed class GetKvmHostCommand : KvmCmdlet
{
    /// <summary>The KVM device node.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string DevicePath { get; set; } = KvmSystem.DefaultDevicePath;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Emit(new KvmSystem(DevicePath).Inspect);
}
