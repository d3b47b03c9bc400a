using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace KvmPS.Binding;

/// <summary>Completes the numbers of the memory slots of the given VMs, or of all.</summary>
public sealed class MemorySlotCompleter : Completer
{
    private protected override IEnumerable<(string Text, string ToolTip)> Candidates(CommandAst command, IDictionary bound) =>
        VmArgument.Bound(bound).SelectMany(vm => vm.Memory)
            .Select(slot => (slot.Slot.ToString(CultureInfo.InvariantCulture), $"{slot}: 0x{slot.Size:X} bytes at 0x{slot.GuestAddress:X}"));
}
