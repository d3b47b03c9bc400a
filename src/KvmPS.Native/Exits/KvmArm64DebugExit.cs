using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_DEBUG on arm64: a breakpoint, a watchpoint or a single step.</summary>
public sealed class KvmArm64DebugExit : KvmExit
{
    internal KvmArm64DebugExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<Abi.Arm64.kvm_debug_exit_arch>())
    {
        Abi.Arm64.kvm_debug_exit_arch debug = frame.Run.debug_arm64;
        Hsr = (ulong)debug.hsr_high << 32 | debug.hsr;
        Far = debug.far;
    }

    /// <summary>The exception syndrome, ESR_EL2.</summary>
    public ulong Hsr { get; }

    /// <summary>The address that a watchpoint saw.</summary>
    public ulong Far { get; }

    /// <inheritdoc/>
    public override string Description => $"ESR 0x{Hsr:X}, FAR 0x{Far:X}";
}
