using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Commands.Vcpu;

/// <summary>New-KvmVcpu: KVM_CREATE_VCPU.</summary>
[Cmdlet(VerbsCommon.New, "KvmVcpu", SupportsShouldProcess = true), OutputType(typeof(KvmVcpu))]
public sealed class NewKvmVcpuCommand : VmCmdlet
{
    /// <summary>The vCPU's ids (APIC ids on x86); by default the lowest that is free.</summary>
    [Parameter(Position = 1)]
    public uint[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVm vm in Resolve(Vm))
        {
            foreach (uint? id in Id?.Cast<uint?>() ?? [null])
            {
                if (ShouldProcess(vm.ToString(), id is null ? "Create a vCPU (KVM_CREATE_VCPU)" : $"Create vCPU {id} (KVM_CREATE_VCPU)"))
                    Emit(() => vm.CreateVcpu(id));
            }
        }
    }
}
