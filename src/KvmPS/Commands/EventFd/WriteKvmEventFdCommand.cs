using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.EventFd;

/// <summary>Write-KvmEventFd: signals eventfds.</summary>
[Cmdlet(VerbsCommunications.Write, "KvmEventFd", SupportsShouldProcess = true)]
public sealed class WriteKvmEventFdCommand : KvmCmdlet
{
    /// <summary>The eventfds.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmEventFd[] EventFd { get; set; } = [];

    /// <summary>What is added to the count.</summary>
    [Parameter(Position = 1)]
    [Unsigned]
    public ulong Value { get; set; } = 1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmEventFd eventFd in EventFd)
        {
            if (ShouldProcess(eventFd.ToString(), $"Add {Value}"))
                Attempt(() => eventFd.Signal(Value));
        }
    }
}
