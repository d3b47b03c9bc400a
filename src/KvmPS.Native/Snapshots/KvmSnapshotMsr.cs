namespace KvmPS.Native;

/// <summary>An MSR in a snapshot.</summary>
/// <param name="Name">The kernel's name, or the number where there is none.</param>
/// <param name="Index">The MSR's number.</param>
/// <param name="Value">The value of a feature MSR; null where it cannot be read, and for what belongs to a guest.</param>
public sealed record KvmSnapshotMsr(string Name, uint Index, ulong? Value = null)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
