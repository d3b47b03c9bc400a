namespace KvmPS.Native.Abi;

/// <summary>Says which member of the kernel's structure a field is, where it cannot have the kernel's name.</summary>
/// <param name="path">The member, as offsetof() takes it.</param>
/// <param name="architecture">The architectures whose headers have it.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class KernelMemberAttribute(string path, Arch architecture = Arch.All) : Attribute
{
    /// <summary>The member, as offsetof() takes it, from the structure that has the field.</summary>
    public string Path { get; } = path;

    /// <summary>The architectures whose headers have it.</summary>
    public Arch Architecture { get; } = architecture;
}
