using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes the names of attribute groups, of the given object where there is one.</summary>
public sealed class AttrGroupCompleter : Completer
{
    private protected override bool HasShortNames => true;

    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        AttrCandidates.Of(command, bound)
            .SelectMany(row => row.GroupNames, (row, name) => (name, $"group {row.Group} of {AttrCandidates.Owner(row)}"))
            .Distinct();
}

/// <summary>Completes the names of attributes, of the given object and group where there are.</summary>
public sealed class AttrCompleter : Completer
{
    private protected override bool HasShortNames => true;

    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound)
    {
        string group = bound["Group"]?.ToString() ?? "";
        return AttrCandidates.Of(command, bound)
            .Where(row => row.GroupNames.Any(name => name.EndsWith(group, StringComparison.OrdinalIgnoreCase))
                || (Numbers.TryRead(group, out ulong number) && number == row.Group))
            .SelectMany(Texts, (row, text) => (text, row.Summary));
    }

    private static IReadOnlyList<string> Texts(DeviceAttr row) => row.Fields.Count == 0 ? row.AttrNames
        : [$"@{{ {string.Join("; ", row.Fields.Select(field => $"{field.Name} = 0"))} }}"];
}
