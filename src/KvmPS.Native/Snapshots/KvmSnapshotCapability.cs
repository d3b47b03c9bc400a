namespace KvmPS.Native;

/// <summary>A capability in a snapshot.</summary>
/// <param name="Name">The kernel's name, such as KVM_CAP_IRQCHIP.</param>
/// <param name="Number">The capability's number.</param>
/// <param name="Value">What the host answers.</param>
/// <param name="VmValue">What a VM answers.</param>
public sealed record KvmSnapshotCapability(string Name, uint Number, int Value, int VmValue)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
