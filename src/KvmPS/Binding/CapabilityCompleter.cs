using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>Completes the names of capabilities.</summary>
public sealed class CapabilityCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        KvmCapability.All.Select(known => (known.Name, $"{known.Name} = {known.Number}"));
}
