using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace KvmPS.Host;

/// <summary>One PowerShell session: runs scripts, commands or a person's input in it.</summary>
internal sealed class Shell : IDisposable
{
    private readonly EmbeddedHost host;
    private readonly Runspace runspace;
    private readonly Lock gate = new();
    private PowerShell? running;

    public Shell(bool nonInteractive)
    {
        host = new EmbeddedHost(nonInteractive);
        runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        Console.CancelKeyPress += (_, key) => key.Cancel = Stop();
    }

    public bool ShouldExit => host.ExitCode is not null;

    public int ExitCode => host.ExitCode ?? exitCode;

    private int exitCode;

    public void RunFile(string path, string arguments)
    {
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"kvmps: there is no script {path}.\n\n{CommandLine.Usage}");
            exitCode = 64;
            return;
        }
        string full = CodeGeneration.EscapeSingleQuotedStringContent(Path.GetFullPath(path));
        // `exit N` in a script file ends the file, and leaves N there.
        if (!RunAndNote($"& '{full}' {arguments}"))
            exitCode = runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int code and not 0 ? code : 1;
    }

    public void RunCommand(string text) => exitCode = RunAndNote(text) ? 0 : 1;

    public void RunInteractively(bool noLogo)
    {
        exitCode = 0;
        var loop = new InteractiveLoop(host, runspace, text => Run(text, remember: true));
        loop.Run(noLogo, () => ShouldExit);
    }

    public void Dispose() => runspace.Dispose();

    /// <summary>Runs statements with its output and its errors, in their order, to the host.</summary>
    /// <returns>False where a terminating error ended it, which has been shown.</returns>
    private bool Run(string text, bool remember = false)
    {
        var command = new Command(text, isScript: true, useLocalScope: false);
        using var shell = PowerShell.Create(runspace);
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.Commands.AddCommand(command);
        shell.AddCommand("Microsoft.PowerShell.Core\\Out-Default");
        lock (gate)
            running = shell;
        try
        {
            shell.Invoke(null, new PSInvocationSettings { AddToHistory = remember, Host = host });
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException exception)
        {
            Show(exception.ErrorRecord);
            return false;
        }
        finally
        {
            lock (gate)
                running = null;
            host.EmbeddedUI.EndProgress();
        }
    }

    // Whether the last statement succeeded is only to be seen from within: $? is not for the host.
    private bool RunAndNote(string text)
    {
        LastStatement.Succeeded = false;
        return Run($"{text}\n[KvmPS.Host.LastStatement]::Succeeded = $?") && LastStatement.Succeeded;
    }

    private void Show(ErrorRecord record)
    {
        using var shell = PowerShell.Create(runspace);
        // What marks a record as one that belongs on the error stream is not public; $Error has it too.
        shell.AddScript("$input.ForEach({ $global:Error.Insert(0, $_) })").Invoke(new[] { record });
        shell.Commands.Clear();
        shell.AddCommand("Microsoft.PowerShell.Core\\Out-Default");
        var wrapped = new PSObject(record);
        wrapped.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.Invoke(new[] { wrapped });
    }

    private bool Stop()
    {
        lock (gate)
            running?.BeginStop(null, null);
        return true;
    }
}
