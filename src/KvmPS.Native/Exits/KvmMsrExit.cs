using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_X86_RDMSR, KVM_EXIT_X86_WRMSR: the guest reads or writes an MSR that user space handles.</summary>
public sealed class KvmMsrExit : KvmExit
{
    private ulong data;
    private bool fail;

    internal KvmMsrExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.msr_t>())
    {
        kvm_run.msr_t msr = frame.Run.msr;
        Index = msr.index;
        Cause = (KvmMsrCauses)msr.reason;
        data = msr.data;
    }

    /// <summary>The MSR's number.</summary>
    public uint Index { get; }

    /// <summary>Why user space is asked.</summary>
    public KvmMsrCauses Cause { get; }

    /// <summary>What the guest writes, or what it shall read: a ulong; takes any integer.</summary>
    public object Value
    {
        get => data;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (Reason != ExitReason.Rdmsr)
                throw new KvmExitCompletedException(this);
            ThrowUnlessPending();
            data = GuestValue.ToUInt64(value);
        }
    }

    /// <summary>Makes the access a general-protection fault in the guest.</summary>
    public bool Fail
    {
        get => fail;
        set
        {
            ThrowUnlessPending();
            fail = value;
        }
    }

    /// <inheritdoc/>
    public override string Description => $"MSR 0x{Index:X} ({Cause}): 0x{Value:X}";

    internal override void Answer(in KvmExitFrame frame)
    {
        frame.Run.msr.error = fail ? (byte)1 : (byte)0;
        frame.Run.msr.data = data;
    }
}

/// <summary>Why user space is asked about an MSR.</summary>
[Flags]
public enum KvmMsrCauses : uint
{
    /// <summary>The kernel does not say.</summary>
    None = 0,

    /// <summary>The guest's access is not valid.</summary>
    Inval = MsrExit.KVM_MSR_EXIT_REASON_INVAL,

    /// <summary>The kernel does not know the MSR.</summary>
    Unknown = MsrExit.KVM_MSR_EXIT_REASON_UNKNOWN,

    /// <summary>The MSR filter says so.</summary>
    Filter = MsrExit.KVM_MSR_EXIT_REASON_FILTER,
}
