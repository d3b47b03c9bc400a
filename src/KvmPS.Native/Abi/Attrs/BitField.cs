namespace KvmPS.Native.Abi;

/// <summary>Some bits of a 64-bit word that mean something of their own.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">Its lowest bit.</param>
/// <param name="Last">Its highest bit.</param>
/// <param name="InPlace">Whether its value is not shifted down: bits 16-51 of an address stay bits 16-51.</param>
/// <param name="Bias">What the word holds more than the value: an attribute that is 1 + the vCPU's number has 1.</param>
public sealed record BitField(string Name, int First, int Last, bool InPlace = false, uint Bias = 0)
{
    private ulong Mask => ulong.MaxValue >> (63 - (Last - First)) << First;

    /// <summary>The field's value in a word.</summary>
    public ulong Decode(ulong word) => InPlace ? word & Mask : ((word & Mask) >> First) - Bias;

    /// <summary>The field's bits for a value; false where the value does not fit.</summary>
    public bool TryEncode(ulong value, out ulong bits)
    {
        bits = InPlace ? value : (value + Bias) << First;
        return (bits & ~Mask) == 0 && Decode(bits) == value;
    }

    /// <summary>The field as the catalogue writes it: Offset:0-31, Base@16-51, Vcpu:0-31+1, Masked:41.</summary>
    public override string ToString() =>
        $"{Name}{(InPlace ? '@' : ':')}{First}{(Last == First ? "" : $"-{Last}")}{(Bias == 0 ? "" : $"+{Bias}")}";

    /// <summary>Reads fields as the catalogue writes them, separated by blanks.</summary>
    /// <exception cref="FormatException">The text is no list of fields.</exception>
    public static IReadOnlyList<BitField> ParseList(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    private static BitField Parse(string text)
    {
        int separator = text.AsSpan().IndexOfAny(':', '@');
        if (separator <= 0)
            throw new FormatException($"'{text}' is no bit-field: Name:first-last is one.");
        string[] parts = text[(separator + 1)..].Split('+');
        string[] bits = parts[0].Split('-');
        int first = int.Parse(bits[0], System.Globalization.CultureInfo.InvariantCulture);
        int last = bits.Length == 1 ? first : int.Parse(bits[1], System.Globalization.CultureInfo.InvariantCulture);
        uint bias = parts.Length == 1 ? 0 : uint.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        return first <= last && last < 64
            ? new BitField(text[..separator], first, last, text[separator] == '@', bias)
            : throw new FormatException($"'{text}' does not lie in 64 bits.");
    }
}
