using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.EventFd;

/// <summary>Remove-KvmEventFd: closes eventfds.</summary>
[Cmdlet(VerbsCommon.Remove, "KvmEventFd", SupportsShouldProcess = true)]
public sealed class RemoveKvmEventFdCommand : KvmCmdlet
{
    /// <summary>The eventfds.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmEventFd[] EventFd { get; set; } = [];

    /// <summary>Also while a VM uses them: that ends too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmEventFd eventFd in EventFd)
        {
            if (ShouldProcess(eventFd.ToString(), "Remove"))
                Attempt(() => eventFd.Remove(Force));
        }
    }
}
