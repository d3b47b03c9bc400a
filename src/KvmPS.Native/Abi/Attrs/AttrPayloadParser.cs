using System.Globalization;

namespace KvmPS.Native.Abi;

/// <summary>Reads the types of device-attrs.tsv: u32, addr, u64[2], u64{Index:0-11 Count:52-63}, name{id:u32 isc:u8}[], u32|u64.</summary>
internal static class AttrPayloadParser
{
    private static readonly Dictionary<string, AttrPayload> Simple = new AttrPayload[]
    {
        new(AttrPayloadKind.None, "none", 0, 1),
        new(AttrPayloadKind.Unsigned, "u8", 1, 1),
        new(AttrPayloadKind.Unsigned, "u16", 2, 2),
        new(AttrPayloadKind.Unsigned, "u32", 4, 4),
        new(AttrPayloadKind.Unsigned, "u64", 8, 8),
        new(AttrPayloadKind.Signed, "s32", 4, 4),
        new(AttrPayloadKind.Signed, "s64", 8, 8),
        new(AttrPayloadKind.Address, "addr", 8, 8),
        new(AttrPayloadKind.Descriptor, "fd", 4, 4),
    }.ToDictionary(type => type.Name);

    public static AttrPayload Parse(string text)
    {
        string[] choices = text.Split('|');
        return choices.Length == 1
            ? ParseOne(text)
            : new AttrPayload(AttrPayloadKind.Choice, text, null, 1) { Choices = [.. choices.Select(ParseOne)] };
    }

    private static AttrPayload ParseOne(string text)
    {
        if (text.EndsWith(']'))
            return ParseArray(text);
        int brace = text.IndexOf('{', StringComparison.Ordinal);
        if (brace < 0)
            return Simple.TryGetValue(text, out AttrPayload? simple) ? simple : throw new FormatException($"'{text}' is no type.");
        if (!text.EndsWith('}'))
            throw new FormatException($"'{text}' does not end with a brace.");
        string name = text[..brace];
        string inside = text[(brace + 1)..^1];
        return Simple.TryGetValue(name, out AttrPayload? word)
            ? word with { Kind = AttrPayloadKind.BitFields, Fields = BitField.ParseList(inside) }
            : ParseStruct(name, inside);
    }

    private static AttrPayload ParseArray(string text)
    {
        int bracket = text.LastIndexOf('[');
        AttrPayload element = ParseOne(text[..bracket]);
        string count = text[(bracket + 1)..^1];
        int? size = count.Length == 0 ? null : int.Parse(count, CultureInfo.InvariantCulture) * element.Size!.Value;
        return new AttrPayload(AttrPayloadKind.Array, $"{element.Name}[{count}]", size, element.Alignment) { Element = element };
    }

    // Members lie as C lays them out: each at a multiple of its alignment, the whole a multiple of the greatest.
    private static AttrPayload ParseStruct(string name, string inside)
    {
        var members = new List<AttrPayloadMember>();
        int end = 0;
        int alignment = 1;
        foreach (string member in SplitMembers(inside))
        {
            int colon = member.IndexOf(':', StringComparison.Ordinal);
            AttrPayload type = ParseOne(member[(colon + 1)..]);
            int offset = Align(end, type.Alignment);
            members.Add(new AttrPayloadMember(member[..colon], offset, type));
            end = offset + type.Size!.Value;
            alignment = Math.Max(alignment, type.Alignment);
        }
        return new AttrPayload(AttrPayloadKind.Struct, name, Align(end, alignment), alignment) { Members = members };
    }

    // At the blanks between members, not at those within the braces of one.
    private static IEnumerable<string> SplitMembers(string inside)
    {
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < inside.Length; i++)
        {
            depth += inside[i] == '{' ? 1 : inside[i] == '}' ? -1 : 0;
            if (inside[i] != ' ' || depth > 0)
                continue;
            yield return inside[begin..i];
            begin = i + 1;
        }
        yield return inside[begin..];
    }

    private static int Align(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}
