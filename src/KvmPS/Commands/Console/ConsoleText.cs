using System.Globalization;
using System.Text;

namespace KvmPS.Commands.Console;

/// <summary>What a guest writes, as text.</summary>
internal static class ConsoleText
{
    private const char Replacement = '\uFFFD';

    // U+2400 and those behind it are pictures of the 32 control characters, then of space and DEL.
    private const char Pictures = '\u2400';
    private const char PictureOfDelete = '\u2421';

    /// <summary>The text without the carriage returns around it.</summary>
    public static string From(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.Trim((byte)'\r'));

    /// <summary>
    /// The same, with a picture in the place of everything by which a terminal could be told to do more than show text.
    /// </summary>
    public static string Neutral(ReadOnlySpan<byte> bytes) => string.Concat(From(bytes).Select(Neutral));

    private static char Neutral(char character) => character switch
    {
        '\t' => character,
        < ' ' => (char)(Pictures + character),
        '\u007F' => PictureOfDelete,
        _ when char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => Replacement,
        _ => character,
    };
}
