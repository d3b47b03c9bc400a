using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes the names of requests.</summary>
public sealed class RequestCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        Requests.All.Select(request => (request.Name, $"0x{(ulong)request.Value:X8}, {request.Size} bytes, {request.Scope}"));
}
