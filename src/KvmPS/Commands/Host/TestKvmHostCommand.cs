using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Host;

/// <summary>Test-KvmHost: why KVM does or does not work here.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KvmHost"), OutputType(typeof(KvmHostCheck), typeof(bool))]
public sealed class TestKvmHostCommand : KvmCmdlet
{
    /// <summary>The KVM device node.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string DevicePath { get; set; } = KvmSystem.DefaultDevicePath;

    /// <summary>Only whether KVM works: what is around it is not looked at.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var checks = new HostChecks(DevicePath);
        if (Quiet)
        {
            WriteObject(checks.Run().All(check => check.Status != KvmHostCheckStatus.Fail));
            return;
        }
        bool works = true;
        foreach (KvmHostCheck check in checks.Run())
        {
            works &= check.Status != KvmHostCheckStatus.Fail;
            WriteObject(check);
        }
        WriteObject(new HostSurroundings(DevicePath, works).Run(), enumerateCollection: true);
    }
}
