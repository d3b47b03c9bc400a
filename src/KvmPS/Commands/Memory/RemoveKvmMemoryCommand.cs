using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Memory;

/// <summary>Remove-KvmMemory: takes memory away from a guest.</summary>
[Cmdlet(VerbsCommon.Remove, "KvmMemory", SupportsShouldProcess = true)]
public sealed class RemoveKvmMemoryCommand : KvmCmdlet
{
    /// <summary>The memory slots.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public KvmMemory[] Memory { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmMemory memory in Memory)
        {
            if (ShouldProcess(memory.ToString(), $"Remove 0x{memory.Size:X} bytes at 0x{memory.GuestAddress:X}"))
                Attempt(memory.Remove);
        }
    }
}
