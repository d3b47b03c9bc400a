using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Runtime.ExceptionServices;
using System.Text.RegularExpressions;

namespace KvmPS.TestRunner;

/// <summary>Runs script blocks in chosen scopes, and catches what a script's catch would catch.</summary>
internal sealed partial class Engine(SessionState session)
{
    /// <summary>The file that stack traces name for the blocks below: what follows it is of no interest.</summary>
    public const string FileName = "KvmPS.TestRunner";

    // Only inside a try do errors that end a statement end the block, as they do in Pester. The loop stops break and
    // continue.
    private static readonly ScriptBlock DotSourceBlock = Parse(
        "do { try { $null = . $args[0] } catch { ,$_ } } while ($false)");

    private static readonly ScriptBlock CallBlock = Parse(
        "do { try { $null = & $args[0] } catch { ,$_ } } while ($false)");

    private static readonly ScriptBlock ExpandBlock = Parse(
        "try { & ([scriptblock]::Create($args[0])) } catch { ,$_ }");

    // finally of the script language, not of C#: only there do scripts still run when the pipeline is stopping.
    private static readonly ScriptBlock ScopeBlock = Parse("try { $args[0].Invoke() } finally { $args[1].Invoke() }");

    private static readonly string ScriptScope =
        Path.Combine(Path.GetDirectoryName(typeof(Engine).Assembly.Location)!, "ScriptScope.ps1");

    /// <summary>Runs a script block, or a file by its path, in the current scope.</summary>
    public ErrorRecord? DotSource(object? block) =>
        block is null ? null : Run(". $args[0] $args[1]", DotSourceBlock, block);

    /// <summary>Runs a script block in a scope of its own.</summary>
    public ErrorRecord? Call(ScriptBlock block) => Run("& $args[0] $args[1]", CallBlock, block);

    /// <summary>Runs the body in a scope that has the data as variables, and then, in any case, the cleanup.</summary>
    public void InScope(object? data, Action body, Action cleanup) => Guard(ScopeBlock, cleanup, () =>
    {
        Define(data);
        body();
    });

    /// <summary>The same, in a scope that $script: means.</summary>
    public void InScriptScope(Action body, Action cleanup) => Guard(ScriptScope, cleanup, body);

    /// <summary>Replaces &lt;name&gt; in the item's name by the value of $name in the current scope.</summary>
    public ErrorRecord? Expand(Item item)
    {
        if (!item.Name.Contains('<', StringComparison.Ordinal))
            return null;
        var escaped = Quoted().Replace(item.Name, "`$0");
        var result = Invoke(". $args[0] $args[1]", ExpandBlock, $"\"{Template().Replace(escaped, "$$($$$1)")}\"");
        if (result is not ErrorRecord)
            item.ExpandedName = Values.Text(result);
        return result as ErrorRecord;
    }

    private static ScriptBlock Parse(string text) =>
        Parser.ParseInput(text, FileName, out _, out _).GetScriptBlock();

    [GeneratedRegex("[$\"]")]
    private static partial Regex Quoted();

    [GeneratedRegex("(?<!`)<([^>^`]+)>")]
    private static partial Regex Template();

    private void Define(object? data)
    {
        if (data is null)
            return;
        session.PSVariable.Set("_", data);
        if (data is not IDictionary dictionary)
            return;
        foreach (DictionaryEntry entry in dictionary)
            session.PSVariable.Set(LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value);
    }

    // To the script between, an exception of ours would be one error among others, and be lost.
    private void Guard(object scope, Action cleanup, Action body)
    {
        Exception? failure = null;
        Invoke("& $args[0] $args[1] $args[2]", scope, Catching(body), Catching(cleanup));
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);

        Action Catching(Action action) => () =>
        {
            try
            {
                action();
            }
            catch (Exception exception) when (exception is not PipelineStoppedException)
            {
                failure ??= exception;
            }
        };
    }

    private ErrorRecord? Run(string script, params object[] arguments)
    {
        try
        {
            return (ErrorRecord?)Invoke(script, arguments);
        }
        catch (FlowControlException flow)
        {
            return Errors.New($"The script left its block: {flow.GetType().Name}.");
        }
    }

    // Errors that do not end anything go where those of the running command go, as they do in Pester.
    private object? Invoke(string script, params object[] arguments) => session.InvokeCommand
        .InvokeScript(script, useNewScope: false, PipelineResultTypes.Error, input: null, arguments)
        .LastOrDefault()?.BaseObject;
}
