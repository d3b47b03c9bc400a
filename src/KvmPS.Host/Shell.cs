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
    private InteractiveLoop? loop;
    private Pipeline? running;
    private int exitCode;

    public Shell(bool nonInteractive)
    {
        host = new EmbeddedHost(nonInteractive, RunNested);
        runspace = RunspaceFactory.CreateRunspace(host, InitialState());
        // One thread for all that runs, so that what is bound to a thread stays usable.
        runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        Console.CancelKeyPress += (_, key) => key.Cancel = Stop();
    }

    /// <summary>Whether `exit` was called.</summary>
    public bool ShouldExit => host.ExitCode is not null;

    public int ExitCode => host.ExitCode ?? exitCode;

    /// <summary>
    /// Runs a script; its exit code is what it gives to `exit`, 1 where it could not start or an error ended it, else 0.
    /// </summary>
    public void RunFile(string path, string[] arguments)
    {
        bool input = Console.IsInputRedirected && UsesInput(Parser.ParseFile(path, out _, out _));
        // As in pwsh a file of another name, which a #! line may have led to, is a script as well.
        bool completed = path.EndsWith(".ps1", StringComparison.OrdinalIgnoreCase)
            ? Run(ScriptCall.Text(ScriptCall.Quote(path), arguments, input))
            : Run(
                $"param($script) {ScriptCall.Text("$script", arguments, input)}",
                ScriptBlock.Create(File.ReadAllText(path)));
        exitCode = completed && LastSucceeded() ? 0 : 1;
        // In a .ps1 file `exit N` ends the file, makes the call a failed one and leaves N there.
        if (completed && exitCode != 0 && runspace.SessionStateProxy.GetVariable("LASTEXITCODE") is int code and not 0)
            exitCode = code;
    }

    /// <summary>Runs statements; the exit code is 0 where the last one succeeded, else 1.</summary>
    public void RunCommand(string text) => exitCode = Run(text) && LastSucceeded() ? 0 : 1;

    /// <summary>Runs the statements on standard input, each as soon as it stands there.</summary>
    public void RunInput()
    {
        var reader = new StatementReader(_ => Console.In.ReadLine());
        while (!ShouldExit && reader.Read() is { } text)
        {
            if (!string.IsNullOrWhiteSpace(text))
                RunCommand(text);
        }
    }

    /// <summary>Runs what a person types, until `exit` or the end of input.</summary>
    public void RunInteractively(bool noLogo)
    {
        Run("if (Get-Module -ListAvailable KvmPS) { Import-Module KvmPS }");
        if (!noLogo)
            host.UI.WriteLine("KvmPS: Get-Command -Module KvmPS lists the commands, tab completes, exit ends.");
        Loop().Run(() => ShouldExit);
    }

    /// <summary>Runs something that shows nothing.</summary>
    /// <returns>Its first result; null where there is none, or where it fails.</returns>
    public PSObject? Evaluate(string text)
    {
        using Pipeline pipeline = NewPipeline(text, forHistory: false);
        try
        {
            return pipeline.Invoke().FirstOrDefault();
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    /// <summary>What can stand at a place of a statement.</summary>
    public CommandCompletion Complete(string text, int place) => new EngineCompletion(() => running is null
        ? PowerShell.Create(runspace)
        : PowerShell.Create(RunspaceMode.CurrentRunspace)).Complete(text, place);

    public void Dispose() => runspace.Dispose();

    private static InitialSessionState InitialState() =>
#if POWERSHELL_SDK
        InitialSessionState.CreateDefault();
#else
        InitialSessionState.CreateDefault2();
#endif

    private InteractiveLoop Loop() => loop ??= new InteractiveLoop(this);

    // The answer Suspend to a prompt: a shell within the command that asks.
    private void RunNested(Func<bool> ended) => Loop().Run(() => ended() || ShouldExit);

    /// <summary>Runs statements with their output and their errors, in their order, to the host.</summary>
    /// <returns>False where an error or Ctrl-C ended them.</returns>
    private bool Run(string text, params object[] arguments)
    {
        using Pipeline pipeline = NewPipeline(text, forHistory: true);
        foreach (object argument in arguments)
            pipeline.Commands[0].Parameters.Add(null, argument);
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(OutDefault());
        RuntimeException? failure = Invoke(pipeline, PipedInput(text));
        if (failure is PipelineStoppedException && loop is not null)
            host.UI.WriteLine(); // Behind the ^C that the terminal may have shown.
        else if (failure is not null and not PipelineStoppedException)
            Show(Readable(failure, text).ErrorRecord);
        return failure is null;
    }

    private RuntimeException? Invoke(Pipeline pipeline, IEnumerable<string> input)
    {
        Pipeline? outer = running;
        SetRunning(pipeline);
        try
        {
            pipeline.Invoke(input);
            return null;
        }
        catch (RuntimeException exception)
        {
            return exception;
        }
        finally
        {
            SetRunning(outer);
            host.EmbeddedUI.EndProgress();
        }
    }

    // What is not for the history leaves $? as it was, too.
    private Pipeline NewPipeline(string text, bool forHistory) => running is null
        ? runspace.CreatePipeline(text, forHistory)
        : runspace.CreateNestedPipeline(text, forHistory);

    private static Command OutDefault() => new("Out-Default")
    {
        MergeUnclaimedPreviousCommandResults = PipelineResultTypes.Error | PipelineResultTypes.Output,
    };

    // Standard input is for the command only where that asks for it: prompts read it too.
    private static IEnumerable<string> PipedInput(string text)
    {
        if (!Console.IsInputRedirected || !UsesInput(Parser.ParseInput(text, out _, out _)))
            yield break;
        while (Console.In.ReadLine() is { } line)
            yield return line;
    }

    private static bool UsesInput(Ast ast) => ast.Find(
        part => part is VariableExpressionAst { VariablePath.UserPath: var name }
            && name.Equals("input", StringComparison.OrdinalIgnoreCase),
        searchNestedScriptBlocks: false) is not null;

    private bool LastSucceeded() => LanguagePrimitives.IsTrue(Evaluate("$global:?"));

    // What the engine throws for a statement without an end has a message that its view leaves out.
    private static RuntimeException Readable(RuntimeException failure, string text)
    {
        Parser.ParseInput(text, out _, out ParseError[] errors);
        return failure is IncompleteParseException ? new ParseException(errors) : failure;
    }

    private void Show(ErrorRecord record)
    {
        using Pipeline pipeline = running is null ? runspace.CreatePipeline() : runspace.CreateNestedPipeline();
        pipeline.Commands.Add(OutDefault());
        host.EmbeddedUI.WriteToError(() => pipeline.Invoke(new[] { record }));
    }

    private void SetRunning(Pipeline? pipeline)
    {
        lock (gate)
            running = pipeline;
    }

    // Without a pipeline Ctrl-C ends the process, as it ends any other.
    private bool Stop()
    {
        lock (gate)
        {
            running?.StopAsync();
            return running is not null || loop is not null;
        }
    }
}
