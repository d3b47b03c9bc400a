using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Clock;

/// <summary>Set-KvmClock: KVM_SET_CLOCK.</summary>
[Cmdlet(VerbsCommon.Set, "KvmClock", SupportsShouldProcess = true)]
public sealed class SetKvmClockCommand : VmCmdlet
{
    /// <summary>What the guest's clock shall say, in nanoseconds.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Unsigned]
    public ulong Nanoseconds { get; set; }

    /// <summary>The wall clock at which it said so, in nanoseconds since 1970; the time since is added.</summary>
    [Parameter]
    [Unsigned]
    public ulong? Realtime { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Set the clock to {Nanoseconds} ns"))
                Attempt(() => vm.SetClock(Nanoseconds, Realtime));
        }
    }
}
