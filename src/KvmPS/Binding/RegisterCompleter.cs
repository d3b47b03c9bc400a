using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes the names of registers.</summary>
public sealed class RegisterCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        RegisterCatalog.Names.Select(one => (one.Register.Name, $"{one.Set}: {one.Register.Type}"));
}
