using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace KvmPS.Binding;

/// <summary>Completes the ids of the vCPUs of the given VMs, or of all.</summary>
public sealed class VcpuIdCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        VmArgument.Bound(bound).SelectMany(vm => vm.Vcpus)
            .Select(vcpu => (vcpu.Id.ToString(CultureInfo.InvariantCulture), $"{vcpu}, {vcpu.State}"));
}
