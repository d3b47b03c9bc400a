using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Pit;

/// <summary>New-KvmPit: KVM_CREATE_PIT2.</summary>
[Cmdlet(VerbsCommon.New, "KvmPit", SupportsShouldProcess = true), OutputType(typeof(KvmPit))]
public sealed class NewKvmPitCommand : VmCmdlet
{
    /// <summary>The kernel answers for the speaker's port 0x61 too.</summary>
    [Parameter]
    public SwitchParameter SpeakerDummy { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), "Create the timer (KVM_CREATE_PIT2)"))
                Emit(() => vm.CreatePit(SpeakerDummy));
        }
    }
}
