using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace KvmPS.Binding;

/// <summary>The shell that a completer runs for.</summary>
internal static class Runspaces
{
    /// <summary>A variable's value in the shell that asks; null where it has none.</summary>
    public static object? Variable(string name)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Microsoft.PowerShell.Core\\ForEach-Object")
            .AddParameter("InputObject", 0)
            .AddParameter("Process", ScriptBlock.Create($"$ExecutionContext.SessionState.PSVariable.GetValue('{CodeGeneration.EscapeSingleQuotedStringContent(name)}')"))
            .Invoke()
            .FirstOrDefault()?.BaseObject;
    }
}
