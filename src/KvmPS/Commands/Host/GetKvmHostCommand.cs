using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Host;

/// <summary>Get-KvmHost: one look at this host.</summary>
[Cmdlet(VerbsCommon.Get, "KvmHost"), OutputType(typeof(KvmHost), typeof(KvmHostDetail))]
public sealed class GetKvmHostCommand : KvmCmdlet
{
    /// <summary>The KVM device node.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string DevicePath { get; set; } = KvmSystem.DefaultDevicePath;

    /// <summary>Also machine types, the parameters of KVM's modules and more limits.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var system = new KvmSystem(DevicePath);
        Emit(() => Detailed ? system.InspectClosely() : system.Inspect());
    }
}
