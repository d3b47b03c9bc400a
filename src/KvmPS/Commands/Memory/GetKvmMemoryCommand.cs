using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Memory;

/// <summary>Get-KvmMemory: the memory slots of this process's VMs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmMemory"), OutputType(typeof(KvmMemory))]
public sealed class GetKvmMemoryCommand : KvmCmdlet
{
    /// <summary>The VMs, their names (wildcards) or ids; by default all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[] Vm { get; set; } = [new("*")];

    /// <summary>Only these slots.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(MemorySlotCompleter))]
    public uint[]? Slot { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmMemory memory in Resolve(Vm).SelectMany(vm => vm.Memory).ToArray())
        {
            if (Slot is null || Slot.Contains(memory.Slot))
                WriteObject(memory);
        }
    }
}
