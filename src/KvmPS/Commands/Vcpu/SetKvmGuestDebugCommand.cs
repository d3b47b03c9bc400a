using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>Set-KvmGuestDebug: KVM_SET_GUEST_DEBUG.</summary>
[Cmdlet(VerbsCommon.Set, "KvmGuestDebug", SupportsShouldProcess = true)]
public sealed class SetKvmGuestDebugCommand : VcpuCmdlet
{
    /// <summary>A Debug exit after each instruction.</summary>
    [Parameter]
    public SwitchParameter SingleStep { get; set; }

    /// <summary>A Debug exit before the instructions at these linear addresses.</summary>
    [Parameter]
    [Unsigned]
    [ValidateCount(0, KvmVcpu.MaxBreakpoints)]
    public ulong[] Breakpoint { get; set; } = [];

    /// <summary>A Debug exit at breakpoint instructions (INT3, BRK).</summary>
    [Parameter]
    public SwitchParameter SoftwareBreakpoint { get; set; }

    /// <summary>No interrupts meanwhile; x86 only.</summary>
    [Parameter]
    public SwitchParameter BlockInterrupt { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool any = SingleStep || SoftwareBreakpoint || BlockInterrupt || Breakpoint.Length > 0;
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), any ? "Debug (KVM_SET_GUEST_DEBUG)" : "End debugging (KVM_SET_GUEST_DEBUG)"))
                Attempt(() => vcpu.SetDebug(SingleStep, SoftwareBreakpoint, BlockInterrupt, Breakpoint));
        }
    }
}
