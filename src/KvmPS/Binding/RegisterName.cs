using System.Globalization;

namespace KvmPS.Binding;

/// <summary>Registers as a person names them: by name, or by the number that KVM_GET_ONE_REG takes.</summary>
internal static class RegisterName
{
    /// <summary>The name, or a number as 0x6030000000100000, whichever way it was written.</summary>
    public static string Of(object? given)
    {
        string text = $"{given}";
        // A number that has become a text may be signed: 0x8030000000000000 is negative to PowerShell.
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long signed))
            return $"0x{signed:X}";
        return given is not string && Numbers.TryRead(given, out ulong number) ? $"0x{number:X}" : text;
    }
}
