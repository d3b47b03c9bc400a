using System.Management.Automation;
using RadLine;

namespace KvmPS.Host;

/// <summary>Completes with what the engine and the module's completers offer, one offer after the other.</summary>
/// <param name="shell">The session to complete in.</param>
/// <param name="before">The earlier lines of a statement that has several.</param>
internal sealed class LineCompletion(Shell shell, string before)
{
    private readonly string prefix = before.Length == 0 ? "" : before + "\n";
    private CommandCompletion? offers;
    private (string Content, int Position) shown;

    public void Show(LineBuffer buffer, bool forward)
    {
        if (offers is null || shown != (buffer.Content, buffer.Position))
            offers = shell.Complete(prefix + buffer.Content, prefix.Length + buffer.Position);
        int start = offers.ReplacementIndex - prefix.Length;
        if (start < 0 || offers.GetNextResult(forward) is not { } offer)
            return;
        buffer.Move(start);
        buffer.Clear(start, offers.ReplacementLength);
        buffer.Insert(offer.CompletionText);
        buffer.Move(start + offer.CompletionText.Length);
        offers.ReplacementLength = offer.CompletionText.Length;
        shown = (buffer.Content, buffer.Position);
    }
}
