using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes the names of MSRs.</summary>
public sealed class MsrCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        MsrCatalog.Names.Select(msr => (msr.Value, $"MSR 0x{msr.Key:X}"));

    private protected override bool HasShortNames => true;
}
