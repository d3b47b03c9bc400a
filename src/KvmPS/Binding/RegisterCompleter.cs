using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes the names of registers.</summary>
public sealed class RegisterCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        RegisterCatalog.All.SelectMany(set => set.Registers, (set, register) => (register.Name, $"{set.Name}: {register.Type}"));
}
