using System.Text.RegularExpressions;
using RadLine;
using Spectre.Console;

namespace KvmPS.Host;

/// <summary>
/// What stands before the line that is being typed, and where in a recalled statement of several lines that is.
/// </summary>
internal sealed partial class ShellPrompt(string text) : ILineEditorPrompt
{
    private static readonly Markup Next = new(">>");

    private readonly Markup first = new(Markup.Escape(ControlSequence().Replace(text, "").TrimEnd()));
    private ILineEditorState? current;

    public bool IsFirstLine => current?.IsFirstLine ?? true;

    public bool IsLastLine => current?.IsLastLine ?? true;

    public (Markup Markup, int Margin) GetPrompt(ILineEditorState state, int line)
    {
        current = state;
        return (line == 0 ? first : Next, 1);
    }

    // The editor counts every character of a prompt as one that is seen.
    [GeneratedRegex(@"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\))|[\x00-\x1f]")]
    private static partial Regex ControlSequence();
}
