namespace KvmPS.Host;

/// <summary>Reads what a person types and runs it.</summary>
internal sealed class InteractiveLoop(Shell shell)
{
    private const string ContinuationPrompt = ">> ";

    private readonly LineHistory history = new();
    private LineEditing? editing;

    public void Run(Func<bool> ended)
    {
        if (LineEditing.IsSupported)
            editing = new LineEditing(shell, history);
        var reader = new StatementReader(ReadLine);
        while (!ended())
        {
            try
            {
                // The end of input leaves as exit does, out of a nested shell too.
                string text = reader.Read() ?? "exit";
                if (string.IsNullOrWhiteSpace(text))
                    continue;
                history.Add(text);
                shell.RunCommand(text);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C drops what was typed, however many lines it has.
            }
        }
    }

    private string? ReadLine(string before)
    {
        string prompt = before.Length == 0 ? shell.Evaluate("prompt")?.ToString() ?? "PS> " : ContinuationPrompt;
        if (editing is not null)
            return editing.ReadLine(prompt, before);
        Console.Write(prompt);
        return Console.In.ReadLine();
    }
}
