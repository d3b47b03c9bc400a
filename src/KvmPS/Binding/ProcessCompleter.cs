using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>Completes the names of processes that have descriptors of KVM's open.</summary>
public sealed class ProcessNameCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        new KvmProcessScan().ReadAll().DistinctBy(process => process.Name).Select(process => (process.Name, ToolTip(process)));

    internal static string ToolTip(KvmProcess process) =>
        $"{process}, {process.Vms.Count} VMs, {process.Vcpus.Count} vCPUs: {process.CommandLine}";
}

/// <summary>Completes the ids of processes that have descriptors of KVM's open.</summary>
public sealed class ProcessIdCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        new KvmProcessScan().ReadAll()
            .Select(process => (process.Id.ToString(CultureInfo.InvariantCulture), ProcessNameCompleter.ToolTip(process)));
}
