using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;

namespace KvmPS.Commands;

/// <summary>What all cmdlets share: the way back of an error, and -WhatIf.</summary>
public abstract class KvmCmdlet : PSCmdlet
{
    /// <summary>Whether -WhatIf holds for this call.</summary>
    private protected bool IsWhatIf =>
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
            ? LanguagePrimitives.IsTrue(bound)
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));

    /// <summary>WriteError as a delegate, made once: hot paths pass it along for every object.</summary>
    private protected Action<ErrorRecord> ErrorWriter => field ??= WriteError;

    /// <summary>Does something; what fails is an error about this object, and the pipeline goes on unless it was stopped.</summary>
    private protected bool Attempt(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (KvmException exception)
        {
            Report(exception);
            return false;
        }
        catch (OperationCanceledException) when (Stopping)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>The file that a path of PowerShell's means; an error that ends the pipeline where it means something else.</summary>
    private protected string FilePath(string path)
    {
        string found = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem")
            ThrowTerminatingError(LookupErrors.PathNotFile(path));
        return found;
    }

    /// <summary>As <see cref="Attempt"/>, with a file that can fail as well; then does what comes behind success.</summary>
    private protected void AttemptFile(
        object target, string path, Action work, Action? then = null, Func<object, string, Exception, ErrorRecord>? problem = null)
    {
        try
        {
            if (!Attempt(work))
                return;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError((problem ?? LookupErrors.FileNotUsable)(target, path, exception));
            return;
        }
        then?.Invoke();
    }

    /// <summary>Makes one object and emits it, outside of the try: what comes after us has errors of its own.</summary>
    private protected void Emit<T>(Func<T> work)
    {
        T result = default!;
        if (Attempt(() => result = work()))
            WriteObject(result);
    }

    /// <summary>Makes a list of objects and emits them one by one.</summary>
    private protected void EmitAll<T>(Func<IEnumerable<T>> work)
    {
        T[] results = [];
        if (!Attempt(() => results = [.. work()]))
            return;
        foreach (T result in results)
            WriteObject(result);
    }

    /// <summary>Writes the error; ends the pipeline where no later object could fare better.</summary>
    private protected void Report(KvmException exception)
    {
        ErrorRecord record = KvmErrorRecord.From(exception);
        if (exception is KvmUnavailableException)
            ThrowTerminatingError(record);
        WriteError(record);
    }

    /// <summary>The VMs that an argument means; where it means none, an error was written.</summary>
    private protected IEnumerable<KvmVm> Resolve(IEnumerable<VmArgument> arguments) =>
        arguments.SelectMany(argument => argument.Resolve(ErrorWriter));

    /// <summary>The one VM that an argument means; null, and an error was written, where it is none or several.</summary>
    private protected KvmVm? ResolveOne(VmArgument argument)
    {
        KvmVm[] found = [.. argument.Resolve(ErrorWriter)];
        if (found.Length > 1)
            WriteError(LookupErrors.VmAmbiguous(argument, found));
        return found is [KvmVm vm] ? vm : null;
    }
}
