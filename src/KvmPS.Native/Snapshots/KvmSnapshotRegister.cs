namespace KvmPS.Native;

/// <summary>A register of KVM_GET_REG_LIST in a snapshot.</summary>
/// <param name="Name">The architecture's name, or the number where there is none.</param>
/// <param name="Id">The number that KVM_GET_ONE_REG takes.</param>
/// <param name="Value">What a new vCPU has in it; null for what belongs to a guest.</param>
/// <param name="Writable">The bits that a guest can be given another value of; null where the kernel does not tell.</param>
public sealed record KvmSnapshotRegister(string Name, ulong Id, ulong? Value = null, ulong? Writable = null)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
