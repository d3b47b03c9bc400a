namespace KvmPS.Native.Abi;

/// <summary>Bits of a value that mean something together.</summary>
/// <param name="First">The lowest bit.</param>
/// <param name="Last">The highest bit.</param>
/// <param name="Rule">What a difference means.</param>
/// <param name="Name">What they are called.</param>
public sealed record ValueField(int First, int Last, ValueRule Rule, string Name)
{
    /// <summary>The bits in their places.</summary>
    public ulong Mask { get; } = (ulong.MaxValue >> (63 - Last + First)) << First;

    /// <summary>The number that a value has in these bits.</summary>
    public ulong Of(ulong value) => (value & Mask) >> First;

    /// <summary>The number that a value has in these bits, of which the highest is the sign.</summary>
    public long SignedOf(ulong value) => (long)(value << (63 - Last)) >> (63 - Last + First);
}
