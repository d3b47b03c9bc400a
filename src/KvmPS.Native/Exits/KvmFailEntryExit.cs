using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_FAIL_ENTRY: the hardware refused to enter the guest.</summary>
public sealed class KvmFailEntryExit : KvmExit
{
    internal KvmFailEntryExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.fail_entry_t>())
    {
        HardwareReason = frame.Run.fail_entry.hardware_entry_failure_reason;
        Cpu = frame.Run.fail_entry.cpu;
    }

    /// <summary>The hardware's reason (VMX: the exit reason or instruction error; SVM: the exit code), or KVM_EXIT_FAIL_ENTRY_*.</summary>
    public ulong HardwareReason { get; }

    /// <summary>The host's processor.</summary>
    public uint Cpu { get; }

    /// <inheritdoc/>
    public override string Description => $"hardware reason 0x{HardwareReason:X} on CPU {Cpu}";
}
