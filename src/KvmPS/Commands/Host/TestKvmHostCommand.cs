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

    /// <summary>Only whether everything works.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KvmHostCheck[] checks = [.. new HostChecks(DevicePath).Run()];
        if (Quiet)
            WriteObject(checks.All(check => check.Status != KvmHostCheckStatus.Fail));
        else
            WriteObject(checks, enumerateCollection: true);
    }
}
