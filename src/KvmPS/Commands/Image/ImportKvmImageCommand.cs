using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Image;

/// <summary>Import-KvmImage: a flat binary, an ELF file or a Linux kernel into guest memory, and a vCPU to its beginning.</summary>
[Cmdlet(VerbsData.Import, "KvmImage", SupportsShouldProcess = true), OutputType(typeof(KvmImage))]
public sealed class ImportKvmImageCommand : VmCmdlet
{
    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What the file is; by default what its beginning says.</summary>
    [Parameter]
    public KvmImageFormat Format { get; set; }

    /// <summary>The guest-physical address: where a flat image is loaded, or another than its own for what can be moved.</summary>
    [Parameter]
    [Unsigned]
    public ulong? Address { get; set; }

    /// <summary>How the vCPU begins with a flat image: Real16 (the default), Protected32 or Long64.</summary>
    [Parameter]
    public KvmCpuMode? Mode { get; set; }

    /// <summary>The command line of a Linux kernel.</summary>
    [Parameter]
    [ValidateNotNull]
    public string? CommandLine { get; set; }

    /// <summary>The initrd of a Linux kernel: a file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Initrd { get; set; }

    /// <summary>The vCPU that begins with it; by default the VM's first, where it has one.</summary>
    [Parameter]
    [ValidateNotNull]
    public KvmVcpu? Vcpu { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = FilePath(Path);
        string? initrd = Initrd is null ? null : FilePath(Initrd);
        foreach (KvmVm vm in Resolve(Vm))
        {
            var options = new KvmImageOptions
            {
                Path = path,
                Format = Format,
                Address = Address,
                Mode = Mode,
                CommandLine = CommandLine,
                InitrdPath = initrd,
                Vcpu = Vcpu ?? (vm.Vcpus is [KvmVcpu first, ..] ? first : null),
            };
            if (!ShouldProcess(vm.ToString(), $"Load {path}{(options.Vcpu is { } vcpu ? $" and begin with it on {vcpu}" : "")}"))
                continue;
            KvmImage? image = null;
            using var progress = new ProgressReporter(this, $"Loading {path} into {vm}");
            AttemptFile(vm, path, () => image = vm.ImportImage(options, progress, PipelineStopToken), () => WriteObject(image));
        }
    }
}
