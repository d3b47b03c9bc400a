namespace KvmPS.Native.Abi;

/// <summary>What kind of thing a payload is.</summary>
public enum AttrPayloadKind
{
    /// <summary>There is none: setting the attribute is a command, or it can only be tested for.</summary>
    None,

    /// <summary>An unsigned integer.</summary>
    Unsigned,

    /// <summary>A signed integer.</summary>
    Signed,

    /// <summary>A guest physical address, an unsigned integer of 8 bytes.</summary>
    Address,

    /// <summary>A file descriptor, a signed integer of 4 bytes.</summary>
    Descriptor,

    /// <summary>An unsigned integer made of bit-fields.</summary>
    BitFields,

    /// <summary>A C structure.</summary>
    Struct,

    /// <summary>Several of one type behind each other.</summary>
    Array,

    /// <summary>One of several integers, whose size depends on the attribute.</summary>
    Choice,
}

/// <summary>The type of an attribute's payload.</summary>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Name">The type as the catalogue writes it; of a structure the kernel's name.</param>
/// <param name="Size">Its size in bytes; null where the catalogue cannot know it.</param>
/// <param name="Alignment">Its alignment in bytes.</param>
public sealed record AttrPayload(AttrPayloadKind Kind, string Name, int? Size, int Alignment)
{
    /// <summary>The bit-fields of a word.</summary>
    public IReadOnlyList<BitField> Fields { get; init; } = [];

    /// <summary>The members of a structure.</summary>
    public IReadOnlyList<AttrPayloadMember> Members { get; init; } = [];

    /// <summary>What an array is made of.</summary>
    public AttrPayload? Element { get; init; }

    /// <summary>What a choice is made of.</summary>
    public IReadOnlyList<AttrPayload> Choices { get; init; } = [];

    /// <summary>The sizes that the payload can have; empty where every multiple of the element's size is one.</summary>
    public IReadOnlyList<int> Sizes => Kind == AttrPayloadKind.Choice ? [.. Choices.Select(choice => choice.Size!.Value)]
        : Size is { } size ? [size]
        : [];

    /// <summary>The type of a payload that is so long: of a choice the one that fits.</summary>
    /// <param name="size">The payload's size in bytes.</param>
    /// <returns>The type, or null where no such payload is so long.</returns>
    public AttrPayload? ForSize(int size) => Kind switch
    {
        AttrPayloadKind.Choice => Choices.FirstOrDefault(choice => choice.Size == size),
        AttrPayloadKind.Array when Size is null => size % Element!.Size == 0 ? this : null,
        _ => size == Size ? this : null,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Reads a type as the catalogue writes it; docs/attributes.md has the syntax.</summary>
    /// <exception cref="FormatException">The text is no type.</exception>
    public static AttrPayload Parse(string text) => AttrPayloadParser.Parse(text);
}

/// <summary>A member of a structure.</summary>
/// <param name="Name">Its name in the kernel's header.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Type">What it is.</param>
public sealed record AttrPayloadMember(string Name, int Offset, AttrPayload Type);
