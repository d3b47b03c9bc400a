using KvmPS.Native;

namespace KvmPS;

/// <summary>A register of a vCPU, as it was when it was read.</summary>
/// <param name="Vcpu">The vCPU.</param>
/// <param name="Name">The register's name.</param>
/// <param name="Group">The registers that are read together with it: General, Special, Fpu …</param>
/// <param name="Value">A number; an object with fields for segments and tables; bytes for wide registers.</param>
/// <param name="Raw">Its bytes.</param>
public sealed record KvmRegister(KvmVcpu Vcpu, string Name, string Group, object? Value, byte[] Raw)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} of {Vcpu}";
}
