using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Memory;

/// <summary>Add-KvmMemory: KVM_SET_USER_MEMORY_REGION.</summary>
[Cmdlet(VerbsCommon.Add, "KvmMemory", SupportsShouldProcess = true), OutputType(typeof(KvmMemory))]
public sealed class AddKvmMemoryCommand : VmCmdlet
{
    /// <summary>Where the guest sees it.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Unsigned]
    public ulong GuestAddress { get; set; }

    /// <summary>Its size in bytes.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [Unsigned]
    public ulong Size { get; set; }

    /// <summary>The slot's number; by default the lowest that is free.</summary>
    [Parameter]
    public uint? Slot { get; set; }

    /// <summary>The guest's writes do not reach the memory: they are MMIO exits.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>The kernel notes which pages were written, for Get-KvmDirtyPage.</summary>
    [Parameter]
    public SwitchParameter LogDirtyPages { get; set; }

    /// <summary>Private pages come from a guest_memfd, where the VM's type allows that.</summary>
    [Parameter]
    public SwitchParameter GuestMemfd { get; set; }

    /// <summary>A file that is the memory.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Where the memory begins in the file.</summary>
    [Parameter]
    [Unsigned]
    public ulong Offset { get; set; }

    /// <summary>Asks for transparent huge pages.</summary>
    [Parameter]
    public SwitchParameter HugePages { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = new KvmMemoryOptions
        {
            GuestAddress = GuestAddress,
            Size = Size,
            Slot = Slot,
            Flags = (ReadOnly ? KvmMemoryFlags.ReadOnly : 0)
                | (LogDirtyPages ? KvmMemoryFlags.LogDirtyPages : 0)
                | (GuestMemfd ? KvmMemoryFlags.GuestMemfd : 0),
            Path = Path is null ? null : FilePath(Path),
            Offset = Offset,
            HugePages = HugePages,
        };
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Add 0x{Size:X} bytes of memory at 0x{GuestAddress:X} (KVM_SET_USER_MEMORY_REGION)"))
                Emit(() => vm.AddMemory(options));
        }
    }
}
