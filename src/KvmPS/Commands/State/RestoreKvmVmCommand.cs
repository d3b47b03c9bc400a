using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.State;

/// <summary>Restore-KvmVm: a VM that goes on where a saved one stopped.</summary>
[Cmdlet(VerbsData.Restore, "KvmVm", SupportsShouldProcess = true), OutputType(typeof(KvmVm))]
public sealed class RestoreKvmVmCommand : KvmCmdlet
{
    /// <summary>Folders that Save-KvmVm wrote.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>What the VM is called; by default as the saved one.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The KVM device node.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string DevicePath { get; set; } = KvmSystem.DefaultDevicePath;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path.Select(FilePath))
        {
            if (!ShouldProcess(path, "Restore the VM"))
                continue;
            KvmVm? vm = null;
            using var progress = new ProgressReporter(this, $"Restoring {path}");
            AttemptFile(
                path, path, () => vm = KvmVm.Restore(new KvmSystem(DevicePath), path, Name, progress, PipelineStopToken),
                () => WriteObject(vm), LookupErrors.SavedFolderNotUsable);
        }
    }
}
