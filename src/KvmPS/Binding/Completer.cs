using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KvmPS.Binding;

/// <summary>Completes one kind of argument by the start of a word, or by any part of it where nothing starts so.</summary>
public abstract class Completer : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string word = (wordToComplete ?? "").Trim('\'', '"');
        (string Text, string ToolTip)[] all = [.. Candidates(commandAst, fakeBoundParameters ?? new Hashtable())];
        (string Text, string ToolTip)[] found = Array.FindAll(
            all, candidate => candidate.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase));
        if (found.Length == 0 && HasShortNames && word.Length > 0)
            found = [.. all.SelectMany(candidate => Ends(candidate, word)).DistinctBy(candidate => candidate.Text)];
        if (found.Length == 0)
            found = Array.FindAll(all, candidate => candidate.Text.Contains(word, StringComparison.OrdinalIgnoreCase));
        return found.Select(candidate => new CompletionResult(
            Quote(candidate.Text), candidate.Text, CompletionResultType.ParameterValue, candidate.ToolTip));
    }

    /// <summary>What can stand here, and what is said of it.</summary>
    private protected abstract IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound);

    /// <summary>Whether the end of a candidate, from an underscore on, means the same as the whole.</summary>
    private protected virtual bool HasShortNames => false;

    // The longest end of a name that starts as the word does: ADDR_TYPE_DIST for ADDR_T.
    private static IEnumerable<(string Text, string ToolTip)> Ends((string Text, string ToolTip) candidate, string word)
    {
        int at = candidate.Text.IndexOf("_" + word, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? [] : [(candidate.Text[(at + 1)..], $"{candidate.Text}: {candidate.ToolTip}")];
    }

    private static string Quote(string text) =>
        text.StartsWith("@{", StringComparison.Ordinal) || text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
