using System.Globalization;

namespace KvmPS.Native;

/// <summary>Text that others have chosen and a terminal is going to show: without what would steer it.</summary>
internal static class Printable
{
    /// <summary>The text with a question mark for each control character and mark of direction, as ps(1) shows it.</summary>
    public static string From(string text) => text.Any(Steers)
        ? string.Concat(text.Select(letter => Steers(letter) ? '?' : letter))
        : text;

    /// <summary>Whether a text would steer a terminal.</summary>
    public static bool SteersAnywhere(string text) => text.Any(Steers);

    private static bool Steers(char letter) => char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
