using System.Runtime.InteropServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <content>Single steps and breakpoints.</content>
public sealed partial class KvmVcpu
{
    /// <summary>The hardware breakpoints that x86 has, and at least as many has arm64.</summary>
    public const int MaxBreakpoints = 4;

    /// <summary>KVM_SET_GUEST_DEBUG: what makes the guest stop with <see cref="ExitReason.Debug"/>. Replaces what was set before.</summary>
    /// <param name="singleStep">Stops after each instruction.</param>
    /// <param name="softwareBreakpoints">Stops at breakpoint instructions (INT3, BRK), which the guest does not see then.</param>
    /// <param name="blockInterrupts">Injects no interrupts meanwhile, so that a step does not end in a handler; x86 only.</param>
    /// <param name="breakpoints">Stops before the instructions at these linear addresses, without changing the guest; at most 4.</param>
    /// <remarks>With nothing asked for the guest runs undisturbed again.</remarks>
    /// <exception cref="KvmException">EINVAL: this vCPU does not have what is asked for.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.87 KVM_SET_GUEST_DEBUG</seealso>
    public void SetDebug(
        bool singleStep = false, bool softwareBreakpoints = false, bool blockInterrupts = false, params ReadOnlySpan<ulong> breakpoints)
    {
        if (breakpoints.Length > MaxBreakpoints)
            throw new ArgumentException($"There are {MaxBreakpoints} hardware breakpoints, not {breakpoints.Length}.", nameof(breakpoints));
        uint control = (singleStep ? GuestDebug.KVM_GUESTDBG_SINGLESTEP : 0)
            | (softwareBreakpoints ? GuestDebug.KVM_GUESTDBG_USE_SW_BP : 0)
            | (blockInterrupts ? GuestDebug.KVM_GUESTDBG_BLOCKIRQ : 0)
            | (breakpoints.Length > 0 ? GuestDebug.KVM_GUESTDBG_USE_HW_BP : 0);
        if (control != 0)
            control |= GuestDebug.KVM_GUESTDBG_ENABLE;
        if (RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            SetDebugArm64(control, breakpoints);
        else
            SetDebugX86(control, breakpoints);
    }

    private void SetDebugX86(uint control, ReadOnlySpan<ulong> breakpoints)
    {
        const int Dr7 = 7;
        var debug = new Abi.X86.kvm_guest_debug { control = control };
        // Bit 10 is always set; without it hardware takes none of the others.
        if (breakpoints.Length > 0)
            debug.arch.debugreg[Dr7] = 0x400;
        for (int i = 0; i < breakpoints.Length; i++)
        {
            debug.arch.debugreg[i] = breakpoints[i];
            // DR7.Gi; length and condition 0 mean the execution of an instruction.
            debug.arch.debugreg[Dr7] |= 2ul << (2 * i);
        }
        Ioctl(Requests.KVM_SET_GUEST_DEBUG, ref debug);
    }

    private void SetDebugArm64(uint control, ReadOnlySpan<ulong> breakpoints)
    {
        // DBGBCR_EL1: BAS all four bytes, PMC any of EL0 and EL1, E enabled.
        const ulong Enabled = 0xFul << 5 | 3ul << 1 | 1;
        var debug = new Abi.Arm64.kvm_guest_debug { control = control };
        for (int i = 0; i < breakpoints.Length; i++)
        {
            debug.arch.dbg_bvr[i] = breakpoints[i];
            debug.arch.dbg_bcr[i] = Enabled;
        }
        Ioctl(Requests.KVM_SET_GUEST_DEBUG, ref debug);
    }
}
