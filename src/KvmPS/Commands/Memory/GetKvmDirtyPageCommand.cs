using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.Memory;

/// <summary>Get-KvmDirtyPage: KVM_GET_DIRTY_LOG.</summary>
[Cmdlet(VerbsCommon.Get, "KvmDirtyPage"), OutputType(typeof(KvmDirtyPage))]
public sealed class GetKvmDirtyPageCommand : VmCmdlet
{
    /// <summary>The slots; by default all that log.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(MemorySlotCompleter))]
    public uint[]? Slot { get; set; }

    /// <summary>Forgets the pages: the next call tells only those that are written after this one.</summary>
    [Parameter]
    public SwitchParameter Clear { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            foreach (KvmMemory memory in Find(vm))
                Emit(vm, memory);
        }
    }

    private void Emit(KvmVm vm, KvmMemory memory)
    {
        IEnumerable<KvmDirtyPage> pages = [];
        Attempt(() => pages = vm.GetDirtyPages(memory, Clear));
        foreach (KvmDirtyPage page in pages)
            WriteObject(page);
    }

    private IEnumerable<KvmMemory> Find(KvmVm vm)
    {
        KvmMemory[] all = [.. vm.Memory];
        if (Slot is null)
            return all.Where(memory => memory.Flags.HasFlag(KvmMemoryFlags.LogDirtyPages));
        foreach (uint missing in Slot.Except(all.Select(memory => memory.Slot)))
            WriteError(LookupErrors.MemorySlotNotFound(vm, missing));
        return all.Where(memory => Slot.Contains(memory.Slot));
    }
}
