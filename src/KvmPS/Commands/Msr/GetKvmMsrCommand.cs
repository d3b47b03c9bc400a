using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Msr;

/// <summary>Get-KvmMsr: the MSRs of vCPUs, those that guests have here, or the host's feature MSRs.</summary>
[Cmdlet(VerbsCommon.Get, "KvmMsr", DefaultParameterSetName = "Vcpu"), OutputType(typeof(KvmMsr))]
public sealed class GetKvmMsrCommand : KvmCmdlet
{
    private IReadOnlyList<uint>? supported;

    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Vcpu")]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>The MSRs that a guest's state consists of here, without values.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Supported")]
    public SwitchParameter Supported { get; set; }

    /// <summary>The MSRs that tell what the host can offer, with their values.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Feature")]
    public SwitchParameter Feature { get; set; }

    /// <summary>Names, with wildcards, or numbers; by default all that are supported.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards, ArgumentCompleter(typeof(MsrCompleter))]
    [ValidateNotNull]
    public MsrArgument[] Name { get; set; } = [new("*")];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var host = new KvmSystem();
        if (Supported)
            EmitAll(() => Wanted(host, host.GetMsrIndexList()).Select(index => Make(host, index, null)));
        else if (Feature)
            EmitAll(() => Read(host, host.GetFeatureMsrIndexList(), host.ReadFeatureMsrs));
        else
        {
            foreach (KvmVcpu vcpu in Vcpu)
                EmitAll(() => Read(vcpu, supported ??= host.GetMsrIndexList(), vcpu.ReadMsrs));
        }
    }

    private IEnumerable<KvmMsr> Read(KvmObject target, IReadOnlyList<uint> candidates, Func<IReadOnlyList<uint>, ulong?[]> read)
    {
        uint[] wanted = [.. Wanted(target, candidates)];
        ulong?[] values = read(wanted);
        var exact = Name.Where(name => !name.IsPattern).SelectMany(name => name.Resolve([])).ToHashSet();
        for (int i = 0; i < wanted.Length; i++)
        {
            if (values[i] is null && exact.Contains(wanted[i]))
                WriteError(LookupErrors.MsrNotSupported(target, MsrCatalog.NameOf(wanted[i])));
            else
                yield return Make(target, wanted[i], values[i]);
        }
    }

    private SortedSet<uint> Wanted(KvmObject target, IReadOnlyList<uint> candidates)
    {
        var wanted = new SortedSet<uint>();
        foreach (MsrArgument name in Name)
        {
            uint[] found = [.. name.Resolve(candidates)];
            if (found.Length == 0 && !name.IsPattern)
                WriteError(LookupErrors.MsrUnknown(target, $"{name}"));
            wanted.UnionWith(found);
        }
        return wanted;
    }

    private static KvmMsr Make(KvmObject target, uint index, ulong? value) => new(target, index, MsrCatalog.NameOf(index), value);
}
