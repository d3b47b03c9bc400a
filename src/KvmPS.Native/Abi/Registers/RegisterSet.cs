namespace KvmPS.Native.Abi;

/// <summary>Registers that the kernel reads and writes together.</summary>
/// <param name="Name">What they are: General, Special, Fpu …</param>
/// <param name="Get">The request that reads them.</param>
/// <param name="Set">The request that writes them.</param>
/// <param name="Layout">The kernel's structure.</param>
public sealed record RegisterSet(string Name, Request Get, Request Set, AttrPayload Layout)
{
    /// <summary>The registers, and where each stands.</summary>
    public IReadOnlyList<AttrPayloadMember> Registers { get; } =
        [.. Layout.Members.Where(member => !member.Name.StartsWith("padding", StringComparison.Ordinal))];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
