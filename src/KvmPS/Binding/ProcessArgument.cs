using System.Globalization;
using System.Management.Automation;
using KvmPS.Errors;
using KvmPS.Native;
using Mono.Unix.Native;

namespace KvmPS.Binding;

/// <summary>What -Process takes: a process of Get-KvmProcess or Get-Process, or an id.</summary>
public sealed class ProcessArgument
{
    private readonly object argument;

    /// <summary>Takes what a person gave.</summary>
    /// <param name="argument">A process, or its id.</param>
    public ProcessArgument(object argument)
    {
        object given = Copies.Unwrap(argument);
        this.argument = given switch
        {
            KvmProcess => given,
            System.Diagnostics.Process process => process.Id,
            _ when Numbers.TryRead(given, out ulong id) && id is > 0 and <= int.MaxValue => (int)id,
            _ => throw new PSInvalidCastException($"{Copies.Describe(given)} is no process of Get-KvmProcess or Get-Process, and no id."),
        };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{argument}");

    /// <summary>The process that the argument means; null where it is none, or cannot be seen, which was reported.</summary>
    internal KvmProcess? Resolve(Action<ErrorRecord> report) => argument as KvmProcess ?? Find((int)argument, report);

    /// <summary>The process of an id; null where there is none, or it cannot be seen, which was reported.</summary>
    internal static KvmProcess? Find(int id, Action<ErrorRecord> report)
    {
        try
        {
            KvmProcess? process = new KvmProcessScan().Read(id, out Errno errno);
            if (process is null)
                report(errno is Errno.EACCES or Errno.EPERM ? LookupErrors.ProcessAccessDenied(id, errno) : LookupErrors.ProcessNotFound(id));
            return process;
        }
        catch (KvmException exception)
        {
            report(KvmErrorRecord.From(exception));
            return null;
        }
    }
}
