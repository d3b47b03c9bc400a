using RadLine;
using Spectre.Console;

namespace KvmPS.Host;

/// <summary>What stands before the line that is being typed.</summary>
internal sealed class ShellPrompt : ILineEditorPrompt
{
    private static readonly Markup First = new("PS>");
    private static readonly Markup Next = new(">>");

    /// <summary>Whether the line goes on with a statement that was not complete.</summary>
    public bool Continues { get; set; }

    public (Markup Markup, int Margin) GetPrompt(ILineEditorState state, int line) => (Continues ? Next : First, 1);
}
