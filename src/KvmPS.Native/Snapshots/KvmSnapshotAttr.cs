namespace KvmPS.Native;

/// <summary>An attribute in a snapshot.</summary>
/// <param name="Owner">What has it: System, Vm, Vcpu, or a device type.</param>
/// <param name="Name">The names of group and attribute.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Attr">The attribute's number in the group.</param>
/// <param name="Supported">Whether the kernel has it.</param>
/// <param name="Value">The value, where the host itself has one: a mask of what it can do.</param>
public sealed record KvmSnapshotAttr(string Owner, string Name, uint Group, ulong Attr, bool Supported, ulong? Value = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Owner} {Name}";
}
