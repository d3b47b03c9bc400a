using System.Buffers.Binary;
using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Payloads of attributes as PowerShell values.</summary>
internal static class AttrValue
{
    /// <summary>The value of a payload: a number, an object with the members of a structure, an array; else the bytes.</summary>
    /// <param name="type">The payload's type; null where it is not known.</param>
    /// <param name="raw">The payload.</param>
    public static object? Decode(AttrPayload? type, byte[] raw) =>
        type?.ForSize(raw.Length) is { } fitting ? Read(fitting, raw) : raw;

    private static object? Read(AttrPayload type, ReadOnlySpan<byte> raw) => type.Kind switch
    {
        AttrPayloadKind.None => null,
        AttrPayloadKind.Signed or AttrPayloadKind.Descriptor => raw.Length == 4
            ? (object)BinaryPrimitives.ReadInt32LittleEndian(raw)
            : BinaryPrimitives.ReadInt64LittleEndian(raw),
        AttrPayloadKind.BitFields => AttrFields.Decode(type.Fields, ReadWord(raw)),
        AttrPayloadKind.Struct => ReadStruct(type, raw),
        AttrPayloadKind.Array => ReadArray(type.Element!, raw),
        _ => raw.Length switch
        {
            1 => (object)raw[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(raw),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(raw),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(raw),
        },
    };

    private static ulong ReadWord(ReadOnlySpan<byte> raw)
    {
        Span<byte> eight = stackalloc byte[8];
        raw.CopyTo(eight);
        return BinaryPrimitives.ReadUInt64LittleEndian(eight);
    }

    private static PSObject ReadStruct(AttrPayload type, ReadOnlySpan<byte> raw)
    {
        var result = new PSObject();
        foreach (AttrPayloadMember member in type.Members)
            result.Properties.Add(new PSNoteProperty(member.Name, Read(member.Type, raw.Slice(member.Offset, member.Type.Size!.Value))));
        return result;
    }

    private static Array ReadArray(AttrPayload element, ReadOnlySpan<byte> raw)
    {
        int size = element.Size!.Value;
        int count = raw.Length / size;
        if (element.Name == "u8")
            return raw.ToArray();
        Array result = element.Name == "u64" ? new ulong[count] : new object?[count];
        for (int i = 0; i < count; i++)
            result.SetValue(Read(element, raw.Slice(i * size, size)), i);
        return result;
    }
}
