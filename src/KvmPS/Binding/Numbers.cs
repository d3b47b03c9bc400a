using System.Globalization;
using System.Management.Automation;
using System.Numerics;

namespace KvmPS.Binding;

/// <summary>Numbers as a person types them.</summary>
/// <remarks>PowerShell's hex literals are signed: 0xFEE00000 arrives as the Int32 -18874368 and means 4276092928.</remarks>
internal static class Numbers
{
    /// <summary>Reads an unsigned number of up to 64 bits; false where it is none.</summary>
    public static bool TryRead(object? input, out ulong number)
    {
        object? value = input is PSObject wrapped ? wrapped.BaseObject : input;
        switch (value)
        {
            case int signed:
                number = (uint)signed;
                return true;
            case long signed:
                number = (ulong)signed;
                return true;
            case string text:
                return TryParse(text.Trim(), out number);
            case Enum or byte or ushort or uint or ulong or BigInteger or double or decimal or sbyte or short:
                return LanguagePrimitives.TryConvertTo(value, CultureInfo.InvariantCulture, out number);
            default:
                number = 0;
                return false;
        }
    }

    private static bool TryParse(string text, out ulong number)
    {
        number = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        return text.Length > 0 && char.IsAsciiDigit(text[0])
            && LanguagePrimitives.TryConvertTo(text, CultureInfo.InvariantCulture, out number);
    }
}
