using System.Buffers.Binary;
using System.Collections;
using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>PowerShell values as payloads of attributes: what does not fit is refused before the kernel sees it.</summary>
internal static class AttrValueEncoder
{
    /// <summary>The payload of a value; null, with the problem said, where it does not fit.</summary>
    /// <param name="value">A number, bytes, a hashtable or object with the members of a structure, a list.</param>
    /// <param name="type">What the attribute takes; null where that is not known.</param>
    /// <param name="size">The payload's size in bytes; null where bytes alone decide.</param>
    /// <param name="problem">Why the value does not fit.</param>
    public static byte[]? Encode(object? value, AttrPayload? type, int? size, out string problem)
    {
        problem = "";
        object? given = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        if (given is null or "")
        {
            problem = size is null or 0 ? "" : "This attribute takes a value: give it with -Value.";
            return size is null or 0 ? [] : null;
        }
        if (size is 0)
        {
            problem = "This attribute takes no value: leave -Value out.";
            return null;
        }
        if (Bytes(given, type) is { } bytes)
        {
            if (size is null || size == bytes.Length)
                return bytes;
            problem = $"The value has {bytes.Length} bytes, the attribute takes {size}.";
            return null;
        }
        byte[] payload = new byte[size ?? 0];
        AttrPayload? fitting = type is null ? Integer(payload.Length) : type.ForSize(payload.Length);
        if (fitting is null)
        {
            problem = type is null
                ? $"A number has 1, 2, 4 or 8 bytes, the attribute takes {size}: give the value as byte[]."
                : $"{type} is not {size} bytes long.";
            return null;
        }
        problem = Write(given, fitting, payload) ?? "";
        return problem.Length == 0 ? payload : null;
    }

    /// <summary>Puts a value where one stands already; of a structure only the members that are given change.</summary>
    /// <returns>Why the value does not fit; null where it does.</returns>
    public static string? WriteInPlace(object? value, AttrPayload type, Span<byte> target)
    {
        object? given = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        if (given is null || Bytes(given, type) is not { } bytes)
            return Write(given, type, target);
        if (bytes.Length != target.Length)
            return $"The value has {bytes.Length} bytes, not {target.Length}.";
        bytes.CopyTo(target);
        return null;
    }

    // Bytes are the payload as it is, but where the attribute is a list, a list of numbers is that list.
    private static byte[]? Bytes(object given, AttrPayload? type) => given switch
    {
        byte[] bytes => bytes,
        object[] list when type?.Kind != AttrPayloadKind.Array && LanguagePrimitives.TryConvertTo(list, out byte[] bytes) => bytes,
        _ => null,
    };

    private static AttrPayload? Integer(int size) =>
        size is 1 or 2 or 4 or 8 ? new AttrPayload(AttrPayloadKind.Unsigned, $"u{size * 8}", size, size) : null;

    private static string? Write(object? value, AttrPayload type, Span<byte> target)
    {
        switch (type.Kind)
        {
            case AttrPayloadKind.Struct:
                return WriteStruct(value, type, target);
            case AttrPayloadKind.Array:
                return WriteArray(value, type.Element!, target);
            case AttrPayloadKind.BitFields when NamedValues.TryRead(value, out IReadOnlyList<(string Name, object? Value)> fields):
                if (!AttrFields.TryEncode(type.Fields, fields, out ulong word, out string problem))
                    return problem;
                WriteWord(word, target);
                return null;
            case AttrPayloadKind.Signed or AttrPayloadKind.Descriptor:
                return WriteSigned(value, target);
            default:
                return WriteUnsigned(value, target);
        }
    }

    private static string? WriteStruct(object? value, AttrPayload type, Span<byte> target)
    {
        if (!NamedValues.TryRead(value, out IReadOnlyList<(string Name, object? Value)> given))
            return $"'{value}' is no {type}: give a hashtable of {Members(type)}, or {type.Size} bytes.";
        foreach ((string name, object? content) in given)
        {
            AttrPayloadMember? member = type.Members.FirstOrDefault(
                candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
            if (member is null)
                return $"{type} has no member '{name}': {Members(type)} are its members.";
            if (Write(content, member.Type, target.Slice(member.Offset, member.Type.Size!.Value)) is { } problem)
                return $"{type}.{member.Name}: {problem}";
        }
        return null;
    }

    private static string Members(AttrPayload type) => string.Join(", ", type.Members.Select(member => member.Name));

    private static string? WriteArray(object? value, AttrPayload element, Span<byte> target)
    {
        int size = element.Size!.Value;
        int count = target.Length / size;
        object? given = value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
        object?[] items = given is IList list ? [.. list.Cast<object?>()] : [given];
        if (items.Length != count)
            return $"{items.Length} of {element} were given, the attribute takes {count}.";
        for (int i = 0; i < count; i++)
        {
            if (Write(items[i], element, target.Slice(i * size, size)) is { } problem)
                return problem;
        }
        return null;
    }

    private static string? WriteSigned(object? value, Span<byte> target)
    {
        if (!LanguagePrimitives.TryConvertTo(value, out long number) || value is null)
            return WriteUnsigned(value, target);
        int bits = target.Length * 8;
        if (bits < 64 && (number < -(1L << (bits - 1)) || number >= 1L << (bits - 1)))
            return $"{value} does not fit into {target.Length} signed bytes.";
        WriteWord((ulong)number, target);
        return null;
    }

    private static string? WriteUnsigned(object? value, Span<byte> target)
    {
        if (!Numbers.TryRead(value, out ulong number))
            return $"'{value}' is not a number.";
        if (target.Length < 8 && number >> (target.Length * 8) != 0)
            return $"{value} does not fit into {target.Length} bytes.";
        WriteWord(number, target);
        return null;
    }

    private static void WriteWord(ulong word, Span<byte> target)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, word);
        eight[..target.Length].CopyTo(target);
    }
}
