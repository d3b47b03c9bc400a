using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using RadLine;
using Spectre.Console;

namespace KvmPS.Host;

/// <summary>Reads what a person types, with line editing, history and completion, and runs it.</summary>
internal sealed class InteractiveLoop(EmbeddedHost host, Runspace runspace, Func<string, bool> run)
{
    private readonly LineHistory history = new();
    private readonly ShellPrompt prompt = new();

    public void Run(bool noLogo, Func<bool> ended)
    {
        run("if (Get-Module -ListAvailable KvmPS) { Import-Module KvmPS }");
        if (!noLogo)
            host.EmbeddedUI.WriteLine("KvmPS: Get-Command -Module KvmPS lists the commands, tab completes, exit ends.");
        LineEditor editor = NewEditor();
        while (!ended() && Read(editor) is { } text)
        {
            if (string.IsNullOrWhiteSpace(text))
                continue;
            history.Add(text);
            run(text);
        }
    }

    private LineEditor NewEditor()
    {
        var editor = new LineEditor
        {
            Completion = new EngineCompletion(runspace),
            Prompt = prompt,
        };
        foreach (string line in history.Lines)
            editor.History.Add(line);
        return editor;
    }

    // A statement that is not complete goes on in the next line. Null is the end of input.
    private string? Read(LineEditor editor)
    {
        string text = "";
        while (true)
        {
            prompt.Continues = text.Length > 0;
            string? line = editor.ReadLine(CancellationToken.None).GetAwaiter().GetResult();
            if (line is null)
                return text.Length == 0 ? null : "";
            text = text.Length == 0 ? line : $"{text}\n{line}";
            Parser.ParseInput(text, out _, out ParseError[] errors);
            if (!Array.Exists(errors, error => error.IncompleteInput))
                return text;
        }
    }
}
