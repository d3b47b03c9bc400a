namespace KvmPS.Native.Abi;

/// <summary>A register, and where it stands among those that are read together with it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it is.</param>
/// <param name="Parts">Where it stands, its lowest bytes first.</param>
public sealed record Register(string Name, AttrPayload Type, IReadOnlyList<RegisterPart> Parts)
{
    /// <summary>Takes the register out of the bytes of its set.</summary>
    public byte[] Read(ReadOnlySpan<byte> set)
    {
        byte[] value = new byte[Type.Size!.Value];
        int at = 0;
        foreach (RegisterPart part in Parts)
        {
            set.Slice(part.Offset, part.Size).CopyTo(value.AsSpan(at));
            at += part.Size;
        }
        return value;
    }

    /// <summary>Puts the register into the bytes of its set.</summary>
    public void Write(ReadOnlySpan<byte> value, Span<byte> set)
    {
        int at = 0;
        foreach (RegisterPart part in Parts)
        {
            value.Slice(at, part.Size).CopyTo(set[part.Offset..]);
            at += part.Size;
            if (part.Component is { } component)
                set[ExtendedState.XstateBv + component / 8] |= (byte)(1 << component % 8);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>Where a part of a register stands.</summary>
/// <param name="Offset">Its first byte in the set.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Component">
/// The component of the extended state that it belongs to; null elsewhere. What is not marked as in use is not taken over.
/// </param>
public readonly record struct RegisterPart(int Offset, int Size, int? Component = null);
