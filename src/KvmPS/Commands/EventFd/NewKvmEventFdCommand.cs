using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.EventFd;

/// <summary>New-KvmEventFd: eventfd(2).</summary>
[Cmdlet(VerbsCommon.New, "KvmEventFd", SupportsShouldProcess = true), OutputType(typeof(KvmEventFd))]
public sealed class NewKvmEventFdCommand : KvmCmdlet
{
    /// <summary>The count that it begins with.</summary>
    [Parameter(Position = 0)]
    public uint InitialValue { get; set; }

    /// <summary>A reader takes 1 of the count and not all of it.</summary>
    [Parameter]
    public SwitchParameter Semaphore { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ShouldProcess("this process", "Create an eventfd"))
            Emit(() => new KvmEventFd(InitialValue, Semaphore));
    }
}
