using System.Management.Automation.Language;

namespace KvmPS.Host;

/// <summary>Reads as many lines as a statement has.</summary>
/// <param name="readLine">Given what the statement has so far, reads a line; null at the end of all input.</param>
internal sealed class StatementReader(Func<string, string?> readLine)
{
    /// <returns>A statement, maybe an empty one; null at the end of all input.</returns>
    public string? Read()
    {
        string text = "";
        while (readLine(text) is { } line)
        {
            text = text.Length == 0 ? line : $"{text}\n{line}";
            Parser.ParseInput(text, out _, out ParseError[] errors);
            if (!Array.Exists(errors, error => error.IncompleteInput))
                return text;
        }
        return text.Length == 0 ? null : text;
    }
}
