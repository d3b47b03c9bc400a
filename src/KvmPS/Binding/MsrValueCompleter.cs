using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes an MSR and its value as a hashtable: @{ IA32_EFER = 0 }.</summary>
public sealed class MsrValueCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        MsrCatalog.Names.Select(msr => ($"@{{ {msr.Value} = 0 }}", $"MSR 0x{msr.Key:X}"));
}
