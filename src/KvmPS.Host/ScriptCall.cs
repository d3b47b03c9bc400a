using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace KvmPS.Host;

/// <summary>A script and its arguments, as they stand on a command line, in the language of PowerShell.</summary>
internal static partial class ScriptCall
{
    /// <summary>The statement that calls what <paramref name="script"/> says.</summary>
    public static string Text(string script, IEnumerable<string> arguments, bool withInput) =>
        string.Join(' ', arguments.Select(Argument).Prepend(script).Prepend(withInput ? "$input | &" : "&"));

    public static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    // As for pwsh -File: -Name and -Name:value are parameters, and all else is a text, but for true and false behind :.
    private static string Argument(string argument)
    {
        Match parameter = Parameter().Match(argument);
        if (!parameter.Success)
            return Quote(argument);
        string value = argument[parameter.Length..];
        if (value.Length == 0)
            return argument;
        return bool.TryParse(value.TrimStart('$'), out bool flag)
            ? $"{parameter.Value}${flag}"
            : parameter.Value + Quote(value);
    }

    [GeneratedRegex(@"^-([A-Za-z_]\w*(:|$)|\?$)")]
    private static partial Regex Parameter();
}
