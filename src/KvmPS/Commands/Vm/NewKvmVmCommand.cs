using System.Management.Automation;
using System.Runtime.InteropServices;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Vm;

/// <summary>New-KvmVm: KVM_CREATE_VM.</summary>
[Cmdlet(VerbsCommon.New, "KvmVm", SupportsShouldProcess = true), OutputType(typeof(KvmVm))]
public sealed class NewKvmVmCommand : KvmCmdlet
{
    // QEMU's machines have their hole there as well.
    private const ulong HighMemory = 4ul << 30;

    private static readonly ulong LowMemory =
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3ul << 30 : ulong.MaxValue;

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

    /// <summary>Bytes of memory from address 0 on; none where it is left out. On x86 what is more than 3 GiB begins at 4 GiB: devices and firmware are between.</summary>
    [Parameter]
    [Unsigned, ValidateRange(1ul, ulong.MaxValue)]
    public ulong Memory { get; set; }

    /// <summary>How many vCPUs, with ids from 0 on.</summary>
    [Parameter]
    public uint Vcpu { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var system = new KvmSystem(DevicePath);
        foreach (string? name in Name ?? [null])
        {
            if (ShouldProcess(name is null ? "VM" : $"VM '{name}'", "Create (KVM_CREATE_VM)"))
                Emit(() => Create(system, name));
        }
    }

    /// <summary>All of it or nothing.</summary>
    private KvmVm Create(KvmSystem system, string? name)
    {
        KvmVm vm = system.CreateVm(name, Type);
        try
        {
            ulong low = Math.Min(Memory, LowMemory);
            if (low > 0)
                vm.AddMemory(new KvmMemoryOptions { GuestAddress = 0, Size = low });
            if (Memory > low)
                vm.AddMemory(new KvmMemoryOptions { GuestAddress = HighMemory, Size = Memory - low });
            for (uint id = 0; id < Vcpu; id++)
            {
                PipelineStopToken.ThrowIfCancellationRequested();
                vm.CreateVcpu(id);
            }
            return vm;
        }
        catch
        {
            vm.Dispose();
            throw;
        }
    }
}
