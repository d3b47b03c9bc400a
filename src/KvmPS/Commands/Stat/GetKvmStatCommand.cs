using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.Stat;

/// <summary>Get-KvmStat: the counters of VMs, vCPUs and other processes, once or again and again.</summary>
[Cmdlet(VerbsCommon.Get, "KvmStat", DefaultParameterSetName = "Vm"), OutputType(typeof(KvmStat))]
public sealed class GetKvmStatCommand : KvmCmdlet
{
    private readonly List<StatSource> sources = [];

    /// <summary>The VMs, their names (wildcards) or ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Vm")]
    [SupportsWildcards, ArgumentCompleter(typeof(VmNameCompleter))]
    [ValidateNotNull]
    public VmArgument[] Vm { get; set; } = [];

    /// <summary>The vCPUs.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Vcpu")]
    [ValidateNotNull]
    public KvmVcpu[] Vcpu { get; set; } = [];

    /// <summary>Processes, or their ids.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Process")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [ValidateNotNull]
    public ProcessArgument[] Process { get; set; } = [];

    /// <summary>Processes of Get-KvmProcess.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "InputObject")]
    [ValidateNotNull]
    public KvmProcess[] InputObject { get; set; } = [];

    /// <summary>Only counters of these names.</summary>
    [Parameter(Position = 1)]
    [SupportsWildcards, ArgumentCompleter(typeof(StatNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Reads them again and again, with rates per second, until the pipeline is stopped.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>The time between two samples of -Watch, in seconds or as a TimeSpan.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        StatSource[] found =
        [
            .. Resolve(Vm).Select(vm => new StatSource(vm, _ => vm.GetStats())),
            .. Vcpu.Select(vcpu => new StatSource(vcpu, _ => vcpu.GetStats())),
            .. Process.Select(process => process.Resolve(ErrorWriter)).OfType<KvmProcess>().Concat(InputObject)
                .Select(process => new StatSource(process, process.GetStats)),
        ];
        if (Watch)
            sources.AddRange(found);
        else
            Array.ForEach(found, source => Sample(source));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        while (sources.Count > 0)
        {
            // What cannot be read any more has said so, and is watched no longer.
            sources.RemoveAll(source => !Sample(source));
            if (PipelineStopToken.WaitHandle.WaitOne(Interval))
                return;
        }
    }

    private bool Sample(StatSource source)
    {
        KvmStat[] stats = [];
        if (!Attempt(() => stats = source.Read()))
            return false;
        foreach (string what in source.TakeMissing())
            WriteWarning($"Of {source.Target} cannot be read: {what}.");
        var missed = new HashSet<string>(Name.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)));
        foreach (KvmStat stat in stats)
        {
            string[] matching = Array.FindAll(Name, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(stat.Name));
            missed.ExceptWith(matching);
            if (matching.Length > 0)
                WriteObject(stat);
        }
        foreach (string name in missed)
            WriteError(LookupErrors.StatNotFound(source.Target, name, source.IsPartial));
        return missed.Count == 0;
    }

    private sealed class StatSource(object target, Func<ICollection<string>, IReadOnlyList<KvmStat>> read)
    {
        private readonly List<string> missing = [];
        private readonly HashSet<string> told = [];
        private Dictionary<(object Target, string Name), KvmStat> before = [];

        public object Target => target;

        public bool IsPartial => told.Count > 0;

        // What could not be read, and why; told once.
        public string[] TakeMissing()
        {
            string[] untold = [.. missing.Where(told.Add)];
            missing.Clear();
            return untold;
        }

        // Rates are those since the last time.
        public KvmStat[] Read()
        {
            KvmStat[] stats = [.. read(missing).Select(stat => before.TryGetValue((stat.Target, stat.Name), out KvmStat? earlier) ? stat.Since(earlier) : stat)];
            before = stats.DistinctBy(stat => (stat.Target, stat.Name)).ToDictionary(stat => (stat.Target, stat.Name));
            return stats;
        }
    }
}
