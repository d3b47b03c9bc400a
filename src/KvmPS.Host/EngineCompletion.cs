using System.Management.Automation;
using System.Management.Automation.Runspaces;
using RadLine;

namespace KvmPS.Host;

/// <summary>Completes with what PowerShell's engine and the module's completers offer.</summary>
internal sealed class EngineCompletion(Runspace runspace) : ITextCompletion
{
    public IEnumerable<string>? GetCompletions(string prefix, string word, string suffix)
    {
        string line = prefix + word;
        using var shell = PowerShell.Create(runspace);
        CommandCompletion completion = CommandCompletion.CompleteInput(line, line.Length, null, shell);
        // The engine replaces from where it sees the word begin, the editor from behind the last blank.
        int start = completion.ReplacementIndex - prefix.Length;
        return start < 0 || start > word.Length
            ? null
            : completion.CompletionMatches.Select(match => word[..start] + match.CompletionText);
    }
}
