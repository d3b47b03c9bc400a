using System.Buffers.Binary;
using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Payloads of attributes as PowerShell values, and back.</summary>
internal static class AttrValue
{
    /// <summary>The value of a payload: a number where it is one, else the bytes.</summary>
    public static object? Decode(DeviceAttrPayload payload, byte[] raw) => (payload, raw.Length) switch
    {
        (DeviceAttrPayload.None, _) => null,
        (DeviceAttrPayload.Unsigned, 1) => raw[0],
        (DeviceAttrPayload.Unsigned, 2) => BinaryPrimitives.ReadUInt16LittleEndian(raw),
        (DeviceAttrPayload.Unsigned, 4) => BinaryPrimitives.ReadUInt32LittleEndian(raw),
        (DeviceAttrPayload.Unsigned, 8) => BinaryPrimitives.ReadUInt64LittleEndian(raw),
        (DeviceAttrPayload.Signed or DeviceAttrPayload.Descriptor, 4) => BinaryPrimitives.ReadInt32LittleEndian(raw),
        (DeviceAttrPayload.Signed, 8) => BinaryPrimitives.ReadInt64LittleEndian(raw),
        _ => raw,
    };

    /// <summary>The payload of a value; null, with the problem said, where it does not fit.</summary>
    /// <param name="value">A number or bytes.</param>
    /// <param name="payload">What the attribute takes.</param>
    /// <param name="size">The payload's size in bytes; null where bytes alone decide.</param>
    /// <param name="problem">Why the value does not fit.</param>
    public static byte[]? Encode(object? value, DeviceAttrPayload payload, int? size, out string problem)
    {
        problem = "";
        object? given = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (given is null or "" || payload == DeviceAttrPayload.None)
        {
            if (size is 0 && given is null or "")
                return [];
            problem = size is 0 ? "This attribute takes no value: leave -Value out." : "This attribute takes a value: give it with -Value.";
            return null;
        }
        if (given is object[] list && LanguagePrimitives.TryConvertTo(list, out byte[] converted))
            given = converted;
        if (given is byte[] bytes)
        {
            if (size is null || size == bytes.Length)
                return bytes;
            problem = $"The value has {bytes.Length} bytes, the attribute takes {size}.";
            return null;
        }
        return EncodeNumber(given, payload, size, out problem);
    }

    private static byte[]? EncodeNumber(object given, DeviceAttrPayload payload, int? size, out string problem)
    {
        problem = "";
        int length = size ?? 0;
        if (length is not (1 or 2 or 4 or 8))
        {
            problem = $"A number has 1, 2, 4 or 8 bytes, the attribute takes {length}: give the value as byte[].";
            return null;
        }
        bool signed = payload is DeviceAttrPayload.Signed or DeviceAttrPayload.Descriptor;
        int bits = length * 8;
        ulong number;
        if (signed && LanguagePrimitives.TryConvertTo(given, out long integer))
        {
            if (bits < 64 && (integer < -(1L << (bits - 1)) || integer >= 1L << (bits - 1)))
            {
                problem = $"{given} does not fit into {length} signed bytes.";
                return null;
            }
            number = (ulong)integer;
        }
        else if (!Numbers.TryRead(given, out number))
        {
            problem = $"'{given}' is not a number.";
            return null;
        }
        else if (bits < 64 && number >> bits != 0)
        {
            problem = $"{given} does not fit into {length} bytes.";
            return null;
        }
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, number);
        return eight[..length].ToArray();
    }
}
