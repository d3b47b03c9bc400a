namespace KvmPS.Native.Abi;

/// <summary>Says what the kernel calls something that has another name here.</summary>
/// <param name="name">The kernel's name.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class KernelNameAttribute(string name) : Attribute
{
    /// <summary>The kernel's name.</summary>
    public string Name { get; } = name;
}
