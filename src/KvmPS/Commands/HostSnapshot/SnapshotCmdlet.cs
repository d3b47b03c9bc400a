using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.HostSnapshot;

/// <summary>What the cmdlets that take snapshots share.</summary>
public abstract class SnapshotCmdlet : KvmCmdlet
{
    /// <summary>The snapshots that an argument stands for; where it is none, an error was written.</summary>
    private protected IReadOnlyList<KvmHostSnapshot> Read(PSObject argument)
    {
        try
        {
            KvmHostSnapshot[] snapshots = [.. SnapshotReader.Read(argument)];
            if (snapshots.Length == 0)
                throw new FormatException("it is an empty list");
            foreach (KvmHostSnapshot snapshot in snapshots)
            {
                if (snapshot.Version > KvmHostSnapshot.CurrentVersion)
                {
                    WriteWarning(
                        $"The snapshot of {snapshot.HostName} has version {snapshot.Version}, this module knows {KvmHostSnapshot.CurrentVersion}: what it does not know is not judged.");
                }
            }
            return snapshots;
        }
        catch (FormatException exception)
        {
            WriteError(LookupErrors.SnapshotInvalid(argument, exception.Message));
            return [];
        }
    }

    /// <summary>The one snapshot that an argument stands for; an error that ends the pipeline where it is none or several.</summary>
    private protected KvmHostSnapshot ReadReference(PSObject argument)
    {
        try
        {
            KvmHostSnapshot[] snapshots = [.. SnapshotReader.Read(argument)];
            if (snapshots is [var snapshot])
                return snapshot;
            throw new FormatException($"it is {snapshots.Length} snapshots, and one is needed to compare with");
        }
        catch (FormatException exception)
        {
            ThrowTerminatingError(LookupErrors.SnapshotInvalid(argument, exception.Message));
            throw;
        }
    }
}
