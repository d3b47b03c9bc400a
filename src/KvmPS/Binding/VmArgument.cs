using System.Collections;
using System.Globalization;
using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Binding;

/// <summary>What -Vm takes: a VM, its name (wildcards), or its id.</summary>
public sealed class VmArgument
{
    private readonly object argument;

    /// <summary>Takes what a person gave.</summary>
    /// <param name="argument">A VM, a name or an id; what it means is found out when it is needed.</param>
    public VmArgument(object argument) => this.argument = Copies.Unwrap(argument);

    /// <inheritdoc/>
    public override string ToString() => argument.ToString() ?? "";

    /// <summary>The VMs that the argument means.</summary>
    internal IEnumerable<KvmVm> Resolve(Action<ErrorRecord> report)
    {
        switch (argument)
        {
            case KvmVm vm:
                return [vm];
            case string name:
                return ByName(name, report);
            case int or long or short or byte or uint or ulong:
                long id = Convert.ToInt64(argument, CultureInfo.InvariantCulture);
                KvmVm[] found = [.. KvmVm.All.Where(vm => vm.Id == id)];
                if (found.Length == 0)
                    report(LookupErrors.VmNotFound(argument));
                return found;
            default:
                report(LookupErrors.VmArgumentInvalid(argument));
                return [];
        }
    }

    /// <summary>The VMs that a command line under completion means by -Vm; all where it does not say.</summary>
    internal static IEnumerable<KvmVm> Bound(IDictionary bound) =>
        bound["Vm"] is { } given && LanguagePrimitives.TryConvertTo(given, out VmArgument[] vms)
            ? vms.SelectMany(vm => vm.Resolve(_ => { }))
            : KvmVm.All;

    /// <summary>The VMs of a name; none is an error only where the name has no wildcards.</summary>
    internal static IEnumerable<KvmVm> ByName(string name, Action<ErrorRecord> report)
    {
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        KvmVm[] found = [.. KvmVm.All.Where(vm => pattern.IsMatch(vm.Name))];
        if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            report(LookupErrors.VmNotFound(name));
        return found;
    }
}
