using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_INTERNAL_ERROR: KVM itself cannot go on with the guest.</summary>
public sealed class KvmInternalErrorExit : KvmExit
{
    internal KvmInternalErrorExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.internal_t>())
    {
        kvm_run.internal_t error = frame.Run.@internal;
        Suberror = (KvmInternalErrorKind)error.suberror;
        ReadOnlySpan<ulong> data = error.data;
        Data = data[..(int)Math.Min(error.ndata, (uint)data.Length)].ToArray();
        kvm_run.emulation_failure_t emulation = frame.Run.emulation_failure;
        ReadOnlySpan<byte> instruction = emulation.insn_bytes;
        Instruction = Suberror == KvmInternalErrorKind.Emulation && Data.Length > 0
            && (emulation.flags & InternalError.KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES) != 0
            ? instruction[..Math.Min(emulation.insn_size, (byte)instruction.Length)].ToArray()
            : [];
    }

    /// <summary>What kind of error.</summary>
    public KvmInternalErrorKind Suberror { get; }

    /// <summary>What the kernel adds; its meaning is the suberror's own.</summary>
    public ulong[] Data { get; }

    /// <summary>The bytes of the instruction that could not be emulated, where the kernel tells them.</summary>
    public byte[] Instruction { get; }

    /// <inheritdoc/>
    public override string Description => Instruction.Length > 0
        ? $"{Suberror}, instruction {Convert.ToHexString(Instruction)}"
        : $"{Suberror} {string.Join(" ", Data.Select(item => $"0x{item:X}"))}".TrimEnd();
}

/// <summary>KVM_INTERNAL_ERROR_*.</summary>
public enum KvmInternalErrorKind : uint
{
    /// <summary>An instruction that the emulator does not know.</summary>
    Emulation = InternalError.KVM_INTERNAL_ERROR_EMULATION,

    /// <summary>Several exceptions at once.</summary>
    SimultaneousExceptions = InternalError.KVM_INTERNAL_ERROR_SIMUL_EX,

    /// <summary>An exit while an event was delivered.</summary>
    EventDelivery = InternalError.KVM_INTERNAL_ERROR_DELIVERY_EV,

    /// <summary>The hardware exited for a reason that KVM does not know.</summary>
    UnexpectedExitReason = InternalError.KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
}
