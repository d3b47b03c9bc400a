using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_HYPERCALL: the guest makes a hypercall that user space handles.</summary>
public sealed class KvmHypercallExit : KvmExit
{
    private ulong result;

    internal KvmHypercallExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.hypercall_t>())
    {
        kvm_run.hypercall_t call = frame.Run.hypercall;
        Number = call.nr;
        Arguments = ((ReadOnlySpan<ulong>)call.args).ToArray();
        Flags = call.flags;
        result = call.ret;
    }

    /// <summary>The hypercall's number.</summary>
    public ulong Number { get; }

    /// <summary>Its six arguments.</summary>
    public ulong[] Arguments { get; }

    /// <summary>KVM_EXIT_HYPERCALL_LONG_MODE on x86, KVM_HYPERCALL_EXIT_* on arm64.</summary>
    public ulong Flags { get; }

    /// <summary>What the guest gets back: a ulong; takes any integer.</summary>
    public object Value
    {
        get => result;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ThrowUnlessPending();
            result = GuestValue.ToUInt64(value);
        }
    }

    /// <inheritdoc/>
    public override string Description => $"{Number} ({string.Join(", ", Arguments.Select(argument => $"0x{argument:X}"))})";

    internal override void Answer(in KvmExitFrame frame) => frame.Run.hypercall.ret = result;
}
