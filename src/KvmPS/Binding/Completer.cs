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
        if (found.Length == 0)
            found = Array.FindAll(all, candidate => candidate.Text.Contains(word, StringComparison.OrdinalIgnoreCase));
        return found.Select(candidate => new CompletionResult(
            Quote(candidate.Text), candidate.Text, CompletionResultType.ParameterValue, candidate.ToolTip));
    }

    /// <summary>What can stand here, and what is said of it.</summary>
    private protected abstract IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound);

    private static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? text
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";
}
