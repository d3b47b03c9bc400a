using System.Collections;
using System.Management.Automation.Language;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>Completes the names of device types.</summary>
public sealed class DeviceTypeCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        DeviceTypes.All.Select(type => (type.Name, $"KVM_DEV_TYPE_{type.Name} = {type.Number}, {type.Architectures}"));
}
