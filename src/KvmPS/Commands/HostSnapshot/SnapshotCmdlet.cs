using System.Management.Automation;
using System.Text.Json;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands.HostSnapshot;

/// <summary>What the cmdlets that take snapshots share.</summary>
public abstract class SnapshotCmdlet : KvmCmdlet
{
    private JsonLines? lines;
    private bool isBroken;

    /// <summary>The snapshots that arguments stand for; where one is none, an error was written. Lines of a file are put together.</summary>
    private protected IEnumerable<KvmHostSnapshot> Read(IEnumerable<PSObject> arguments) => arguments.SelectMany(ReadNext);

    /// <summary>Writes an error where lines were left that make no whole document.</summary>
    protected override void EndProcessing() => EndLines();

    private KvmHostSnapshot[] ReadNext(PSObject argument)
    {
        bool isText = argument.BaseObject is string;
        string text = argument.BaseObject as string ?? "";
        // What comes after a broken line and begins no other document, belongs to it.
        if (isBroken && isText && text is not ['{' or '[', ..])
            return [];
        if (lines is null || !isText)
        {
            EndLines();
            isBroken = false;
            if (!isText || !JsonLines.IsBegun(text))
                return ReadOne(argument);
            lines = new JsonLines();
        }
        try
        {
            lines.Add(text);
            if (!lines.IsComplete)
                return [];
            string document = lines.Text;
            lines = null;
            return ReadOne(document);
        }
        catch (JsonException exception)
        {
            isBroken = true;
            RefuseLines(exception.Message);
            return [];
        }
    }

    private void EndLines()
    {
        if (lines is not null)
            RefuseLines("the end is missing");
    }

    private void RefuseLines(string problem)
    {
        WriteError(LookupErrors.SnapshotInvalid(
            lines!.Text, lines.Count == 1 ? $"the text is no JSON ({problem})" : $"these {lines.Count} texts look like the lines of a file and are no JSON together ({problem}); give a file as one text"));
        lines = null;
    }

    private KvmHostSnapshot[] ReadOne(PSObject argument)
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
