using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.Process;

/// <summary>Get-KvmProcess: the processes of this host that have descriptors of KVM's open.</summary>
[Cmdlet(VerbsCommon.Get, "KvmProcess", DefaultParameterSetName = "Name"), OutputType(typeof(KvmProcess))]
public sealed class GetKvmProcessCommand : KvmCmdlet
{
    /// <summary>Only processes of these names.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [SupportsWildcards, ArgumentCompleter(typeof(ProcessNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only the processes with these ids; Get-Process gives them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [ValidateRange(1, int.MaxValue)]
    public int[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Id is null)
            ByName();
        else
            Array.ForEach(Id, ById);
    }

    private void ById(int id)
    {
        if (ProcessArgument.Find(id, ErrorWriter) is { } process)
            WriteObject(process);
    }

    private void ByName()
    {
        var scan = new KvmProcessScan();
        string[] names = Name ?? ["*"];
        var missed = new HashSet<string>(names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)));
        KvmProcess[] all = [];
        if (!Attempt(() => all = [.. scan.ReadAll().TakeWhile(_ => !Stopping)]))
            return;
        foreach (KvmProcess process in all)
        {
            string[] matching = Array.FindAll(names, name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(process.Name));
            missed.ExceptWith(matching);
            if (matching.Length > 0)
                WriteObject(process);
        }
        if (KvmProcessScan.IsBlind)
            WriteWarning("/proc does not tell of processes, so none can be seen: sudo mount -t proc proc /proc, in the PID namespace whose processes are meant.");
        else if (KvmProcessScan.HidesOthers)
            WriteWarning("/proc is mounted with hidepid: processes of other users may be missing. root sees all.");
        else if (scan.Hidden > 0)
            WriteWarning($"The descriptors of {scan.Hidden} processes may not be seen: those that have some of KVM's are missing. root sees all.");
        foreach (string name in missed)
            WriteError(LookupErrors.ProcessNotFound(name));
    }
}
