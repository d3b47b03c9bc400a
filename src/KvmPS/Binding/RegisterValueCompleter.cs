using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes a register and its value as a hashtable: @{ rip = 0 }, @{ cs = @{ base = 0 } }.</summary>
public sealed class RegisterValueCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        RegisterCatalog.Names.Select(one => (Text(one.Register), $"{one.Set}: {one.Register.Type}"));

    private static string Text(Native.Abi.Register register) => register.Type.Members.Count == 0
        ? $"@{{ {register.Name} = 0 }}"
        : $"@{{ {register.Name} = @{{ {register.Type.Members[0].Name} = 0 }} }}";
}
