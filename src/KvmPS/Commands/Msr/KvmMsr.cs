using KvmPS.Native;

namespace KvmPS;

/// <summary>An MSR, as it was when it was read.</summary>
/// <param name="InputObject">The vCPU or the host.</param>
/// <param name="Index">Its number.</param>
/// <param name="Name">Its name; the number where it has none.</param>
/// <param name="Value">Its value; null where it was not read or cannot be.</param>
public sealed record KvmMsr(KvmObject InputObject, uint Index, string Name, ulong? Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} of {InputObject}";
}
