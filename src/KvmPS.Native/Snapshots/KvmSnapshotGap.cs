namespace KvmPS.Native;

/// <summary>Something that could not be read, when a snapshot was taken or when it was loaded.</summary>
/// <param name="Name">What is missing.</param>
/// <param name="Reason">Why.</param>
public sealed record KvmSnapshotGap(string Name, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Reason}";
}
