using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.State;

/// <summary>Save-KvmVm: a VM's memory, vCPUs and controllers into a folder.</summary>
[Cmdlet(VerbsData.Save, "KvmVm", SupportsShouldProcess = true), OutputType(typeof(DirectoryInfo))]
public sealed class SaveKvmVmCommand : VmCmdlet
{
    /// <summary>The folder; it is made, or has to be empty and yours, and is its owner's alone.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = FilePath(Path);
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (!ShouldProcess(vm.ToString(), $"Save to {path}"))
                continue;
            using var progress = new ProgressReporter(this, $"Saving {vm}");
            AttemptFile(
                vm, path, () => vm.Save(path, progress, PipelineStopToken),
                () => WriteObject(InvokeProvider.Item.Get([$"FileSystem::{path}"], force: true, literalPath: true), enumerateCollection: true),
                LookupErrors.NewFolderNotUsable);
        }
    }
}
