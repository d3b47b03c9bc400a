using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.Cpuid;

/// <summary>Get-KvmCpuid: what CPUID answers a guest, or could.</summary>
[Cmdlet(VerbsCommon.Get, "KvmCpuid", DefaultParameterSetName = "Vcpu"), OutputType(typeof(KvmCpuidEntry))]
public sealed class GetKvmCpuidCommand : KvmCmdlet
{
    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Vcpu")]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>What host and KVM support together.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Supported")]
    public SwitchParameter Supported { get; set; }

    /// <summary>What KVM emulates.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Emulated")]
    public SwitchParameter Emulated { get; set; }

    /// <summary>Only these functions.</summary>
    [Parameter(Position = 1)]
    [Unsigned]
    public uint[]? Function { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Supported)
            EmitAll(() => Wanted(new KvmSystem().GetSupportedCpuid()));
        else if (Emulated)
            EmitAll(() => Wanted(new KvmSystem().GetEmulatedCpuid()));
        else
        {
            foreach (KvmVcpu vcpu in Vcpu)
                EmitAll(() => Wanted(vcpu.GetCpuid()));
        }
    }

    private IEnumerable<KvmCpuidEntry> Wanted(IEnumerable<KvmCpuidEntry> entries) =>
        entries.Where(entry => Function is null || Function.Contains(entry.Function));
}
