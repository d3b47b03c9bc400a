using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>Why a guest stopped, as it was at that moment.</summary>
/// <remarks>
/// Where the guest waits for an answer, the exit has a property that can be set until the vCPU is entered again; setting
/// it later throws <see cref="KvmExitCompletedException"/>.
/// </remarks>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">5. The kvm_run structure</seealso>
public class KvmExit
{
    internal KvmExit(in KvmExitFrame frame, ulong sequence, int size)
    {
        Reason = frame.Reason;
        Vcpu = frame.Vcpu;
        Sequence = sequence;
        Raw = frame.Describing(size).ToArray();
    }

    /// <summary>Why KVM_RUN returned.</summary>
    public ExitReason Reason { get; }

    /// <summary>The vCPU that exited.</summary>
    public KvmVcpu Vcpu { get; }

    /// <summary>The exit's number on its vCPU, from 1.</summary>
    public ulong Sequence { get; }

    /// <summary>The bytes by which kvm_run describes the exit; empty where its reason says all.</summary>
    public byte[] Raw { get; }

    /// <summary>What happened, in a few words; empty where the reason says all.</summary>
    public virtual string Description => "";

    /// <inheritdoc/>
    public override string ToString() => $"{Reason} exit {Sequence} of {Vcpu}{(Description.Length > 0 ? ": " : "")}{Description}";

    /// <summary>Writes the answer to where the kernel looks for it when the vCPU is entered.</summary>
    internal virtual void Answer(in KvmExitFrame frame)
    {
    }

    private protected void ThrowUnlessPending()
    {
        if (Vcpu.Pending != this)
            throw new KvmExitCompletedException(this);
    }
}
