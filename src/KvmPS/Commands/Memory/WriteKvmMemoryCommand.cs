using System.Management.Automation;
using System.Text;
using KvmPS.Binding;
using KvmPS.Native;
using Microsoft.Win32.SafeHandles;

namespace KvmPS.Commands.Memory;

/// <summary>Write-KvmMemory: bytes, a text or a file into guest memory.</summary>
[Cmdlet(VerbsCommunications.Write, "KvmMemory", SupportsShouldProcess = true, DefaultParameterSetName = "Bytes")]
public sealed class WriteKvmMemoryCommand : VmCmdlet
{
    /// <summary>The guest-physical address of the first byte.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Unsigned]
    public ulong Address { get; set; }

    /// <summary>The bytes.</summary>
    [Parameter(Mandatory = true, Position = 2, ParameterSetName = "Bytes")]
    [ValidateNotNull]
    public byte[] Bytes { get; set; } = [];

    /// <summary>A text, written as UTF-8 without an end mark.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Text")]
    [AllowEmptyString]
    public string Text { get; set; } = "";

    /// <summary>A file, written from its beginning to its end.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (Path is not null)
                Load(vm, FilePath(Path));
            else
                Write(vm, ParameterSetName == "Text" ? Encoding.UTF8.GetBytes(Text) : Bytes);
        }
    }

    private void Write(KvmVm vm, byte[] bytes)
    {
        if (ShouldProcess(vm.ToString(), $"Write {bytes.Length} bytes at 0x{Address:X}"))
            Attempt(() => vm.WriteMemory(Address, bytes, PipelineStopToken));
    }

    private void Load(KvmVm vm, string path)
    {
        if (!ShouldProcess(vm.ToString(), $"Write {path} at 0x{Address:X}"))
            return;
        AttemptFile(vm, path, () =>
        {
            using var progress = new ProgressReporter(this, $"Writing memory of {vm}");
            using SafeFileHandle handle = RegularFile.OpenRead(path);
            using var file = new ProgressFile(handle, FileAccess.Read, RandomAccess.GetLength(handle), progress);
            // The files of /proc and /sys do not say how long they are.
            if (file.Length == 0)
                vm.WriteMemory(Address, ReadAll(file), PipelineStopToken);
            else
                vm.WriteMemory(Address, (ulong)file.Length, file, PipelineStopToken);
        });
    }

    private static byte[] ReadAll(FileStream file)
    {
        var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
