using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>Completes the names of this process's VMs.</summary>
public sealed class VmNameCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        KvmVm.All.Select(vm => (vm.Name, $"VM {vm.Id}, {vm.Vcpus.Count} vCPUs, {vm.Devices.Count} devices"));
}
