using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>Completes the names of counters of the VMs and vCPUs that are at hand.</summary>
public sealed class StatNameCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound)
    {
        KvmVm[] vms = [.. VmArgument.Bound(bound)];
        return vms.Take(1).SelectMany(vm => Names(vm.GetStats))
            .Concat(vms.SelectMany(vm => vm.Vcpus).Take(1).SelectMany(vcpu => Names(vcpu.GetStats)))
            .Distinct();
    }

    private static (string, string)[] Names(Func<IReadOnlyList<KvmStat>> read)
    {
        try
        {
            return [.. read().Select(stat => (stat.Name, $"{stat.Scope}: {stat.Type} {stat.Unit}"))];
        }
        catch (KvmException)
        {
            return [];
        }
    }
}
