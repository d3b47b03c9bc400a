using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>Completes the ids of this process's VMs.</summary>
public sealed class VmIdCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        KvmVm.All.Select(vm => (vm.Id.ToString(CultureInfo.InvariantCulture), $"{vm}, {vm.Vcpus.Count} vCPUs, {vm.Devices.Count} devices"));
}
