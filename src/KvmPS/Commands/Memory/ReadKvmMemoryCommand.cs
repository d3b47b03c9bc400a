using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using Mono.Unix;

namespace KvmPS.Commands.Memory;

/// <summary>Read-KvmMemory: guest memory as bytes, as text or into a file.</summary>
[Cmdlet(VerbsCommunications.Read, "KvmMemory", DefaultParameterSetName = "Bytes")]
[OutputType(typeof(byte[]), ParameterSetName = ["Bytes"])]
[OutputType(typeof(string), ParameterSetName = ["Text"])]
[OutputType(typeof(FileInfo), ParameterSetName = ["Path"])]
public sealed class ReadKvmMemoryCommand : VmCmdlet
{
    /// <summary>The guest-physical address of the first byte.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Unsigned]
    public ulong Address { get; set; }

    /// <summary>How many bytes.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [Unsigned]
    public ulong Length { get; set; }

    /// <summary>The bytes are UTF-8 text, up to the first zero.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Text")]
    public SwitchParameter AsText { get; set; }

    /// <summary>A file to write the bytes to; one that exists is replaced. It is its owner's alone.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (Path is not null)
                Save(vm, FilePath(Path));
            else if (Length > (ulong)Array.MaxLength)
                WriteError(LookupErrors.MemoryTooLong(vm, Length));
            else if (Bytes(vm) is { } bytes)
                WriteObject(AsText ? GuestText.From(bytes) : bytes, enumerateCollection: false);
        }
    }

    private byte[]? Bytes(KvmVm vm)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)Length);
        return Attempt(() => vm.ReadMemory(Address, bytes, PipelineStopToken)) ? bytes : null;
    }

    // The file is whole or as it was before, also where it is the memory that is read.
    private void Save(KvmVm vm, string path) => AttemptFile(vm, path, () =>
    {
        vm.ThrowIfNotMapped(Address, Length);
        // What is renamed over a device is gone.
        if (UnixFileSystemInfo.TryGetFileSystemEntry(path, out UnixFileSystemInfo? entry) && entry.Exists && !entry.IsRegularFile && !entry.IsSymbolicLink)
            throw new IOException($"{path} is no regular file.");
        string temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var progress = new ProgressReporter(this, $"Reading memory of {vm}"))
            using (var file = new ProgressFile(RegularFile.CreateNew(temporary), FileAccess.Write, (long)Length, progress))
                vm.ReadMemory(Address, Length, file, PipelineStopToken);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }, () => WriteObject(new FileInfo(path)));
}
