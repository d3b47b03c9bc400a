namespace KvmPS.Native.Abi;

/// <summary>Registers that the kernel reads and writes together.</summary>
/// <param name="Name">What they are: General, Special, Fpu, System …</param>
/// <param name="Get">The request that reads them.</param>
/// <param name="Set">The request that writes them.</param>
/// <param name="Size">The bytes of the kernel's structure, or of the one register.</param>
/// <param name="Registers">The registers, and where each stands.</param>
public sealed record RegisterSet(string Name, Request Get, Request Set, int Size, IReadOnlyList<Register> Registers)
{
    /// <summary>The id of the one register that KVM_GET_ONE_REG reads; null where a structure has several.</summary>
    public ulong? Id { get; init; }

    /// <summary>The capability without which the kernel does not have the requests; null where it always does.</summary>
    public Capability? Needs { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
