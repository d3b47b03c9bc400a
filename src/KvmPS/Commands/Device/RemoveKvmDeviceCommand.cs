using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Device;

/// <summary>Remove-KvmDevice: KVM_DESTROY_DEVICE, or closing the handle where that frees the device.</summary>
[Cmdlet(VerbsCommon.Remove, "KvmDevice", SupportsShouldProcess = true, DefaultParameterSetName = "Device")]
public sealed class RemoveKvmDeviceCommand : KvmCmdlet
{
    /// <summary>The devices.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Device")]
    public KvmDevice[] Device { get; set; } = [];

    /// <summary>The VM that KVM_DESTROY_DEVICE is issued on; by default the device's own.</summary>
    [Parameter(ParameterSetName = "Device")]
    [Parameter(Mandatory = true, ParameterSetName = "Handle")]
    [ArgumentCompleter(typeof(VmNameCompleter))]
    public VmArgument? Vm { get; set; }

    /// <summary>Which way to go; by default Destroy where the kernel has it, else Release where the type allows it.</summary>
    [Parameter(ParameterSetName = "Device")]
    public KvmDeviceRemoval Method { get; set; }

    /// <summary>File descriptors that this module did not open. They stay open.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Handle")]
    public int[] Handle { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        KvmVm? vm = Vm is null ? null : ResolveOne(Vm);
        if (Vm is not null && vm is null)
            return;
        foreach (int handle in Handle)
            DestroyHandle(vm!, handle);
        foreach (KvmDevice device in Device)
            Remove(vm, device);
    }

    private void DestroyHandle(KvmVm vm, int handle)
    {
        string action = $"Destroy the device of fd {handle} (KVM_DESTROY_DEVICE)";
        bool supported = true;
        if (IsWhatIf && !Attempt(() => supported = vm.SupportsDestroyDevice()))
            return;
        if (ShouldProcess(vm.ToString(), supported ? action : action + "; this kernel does not have it, nothing would change"))
            Attempt(() => vm.DestroyDevice(handle));
    }

    private void Remove(KvmVm? vm, KvmDevice device)
    {
        KvmDeviceRemoval plan = default;
        bool possible = Attempt(() =>
        {
            if (vm is not null)
                device.ThrowIfNotOwnedBy(vm);
            plan = device.PlanRemoval(Method);
        });
        if (!possible)
            return;
        string way = plan == KvmDeviceRemoval.Destroy
            ? "Destroy (KVM_DESTROY_DEVICE, which this kernel has)"
            : $"Release (close the handle; the {device.TypeName} driver then frees the device{Because()})";
        if (ShouldProcess($"{way}: {device}", $"{way}: {device}?", "Remove-KvmDevice"))
            Attempt(() => device.Remove(plan));
    }

    private string Because() =>
        Method == KvmDeviceRemoval.Auto ? $", and this kernel has no {nameof(Requests.KVM_DESTROY_DEVICE)}" : "";
}
