using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Vm;

/// <summary>New-KvmVm: KVM_CREATE_VM.</summary>
[Cmdlet(VerbsCommon.New, "KvmVm", SupportsShouldProcess = true), OutputType(typeof(KvmVm))]
public sealed class NewKvmVmCommand : KvmCmdlet
{
    /// <summary>What the VM is called in this process.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string?[]? Name { get; set; }

    /// <summary>The machine type.</summary>
    [Parameter]
    [Unsigned]
    public ulong Type { get; set; }

    /// <summary>The KVM device node.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string DevicePath { get; set; } = KvmSystem.DefaultDevicePath;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var system = new KvmSystem(DevicePath);
        foreach (string? name in Name ?? [null])
        {
            if (ShouldProcess(name is null ? "VM" : $"VM '{name}'", "Create (KVM_CREATE_VM)"))
                Emit(() => system.CreateVm(name, Type));
        }
    }
}
