using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_DEBUG on x86: a breakpoint or a single step.</summary>
public sealed class KvmDebugExit : KvmExit
{
    internal KvmDebugExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<Abi.X86.kvm_debug_exit_arch>())
    {
        Abi.X86.kvm_debug_exit_arch debug = frame.Run.debug_x86;
        Exception = debug.exception;
        Pc = debug.pc;
        Dr6 = debug.dr6;
        Dr7 = debug.dr7;
    }

    /// <summary>The exception's vector: 1 for #DB, 3 for #BP.</summary>
    public uint Exception { get; }

    /// <summary>The linear address of the instruction: CS's base and the instruction pointer.</summary>
    public ulong Pc { get; }

    /// <summary>What happened, as the processor says it in DR6.</summary>
    public ulong Dr6 { get; }

    /// <summary>The breakpoints that were set, as in DR7.</summary>
    public ulong Dr7 { get; }

    /// <inheritdoc/>
    public override string Description => $"exception {Exception} at 0x{Pc:X}, DR6 0x{Dr6:X}";
}
