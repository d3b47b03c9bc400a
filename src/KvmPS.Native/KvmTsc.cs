namespace KvmPS.Native;

/// <summary>The time-stamp counter of a vCPU, as it was at one moment.</summary>
/// <param name="Vcpu">The vCPU.</param>
/// <param name="Khz">Its frequency in kHz.</param>
/// <param name="Value">What the guest would have read (MSR IA32_TSC).</param>
public sealed record KvmTsc(KvmVcpu Vcpu, uint Khz, ulong Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"TSC of {Vcpu}";
}
