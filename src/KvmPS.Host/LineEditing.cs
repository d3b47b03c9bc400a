using RadLine;
using Spectre.Console;

namespace KvmPS.Host;

/// <summary>Edits a line at a terminal, with history and completion.</summary>
internal sealed class LineEditing(Shell shell, LineHistory history)
{
    private readonly TerminalKeys keys = new();
    private bool interrupted;

    /// <summary>Whether the terminal can move its cursor.</summary>
    public static bool IsSupported => LineEditor.IsSupported(AnsiConsole.Console);

    /// <param name="prompt">What stands before the line.</param>
    /// <param name="before">The earlier lines of a statement that has several.</param>
    /// <returns>The line; null where Ctrl-D was pressed instead.</returns>
    /// <exception cref="OperationCanceledException">Ctrl-C was pressed.</exception>
    public string? ReadLine(string prompt, string before)
    {
        interrupted = false;
        Console.TreatControlCAsInput = true;
        try
        {
            string? line = NewEditor(prompt, before).ReadLine(CancellationToken.None).GetAwaiter().GetResult();
            return interrupted ? throw new OperationCanceledException() : line;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    // A new one for every line: the editor's own history has lines, ours has statements.
    private LineEditor NewEditor(string prompt, string before)
    {
        var shown = new ShellPrompt(prompt);
        var editor = new LineEditor(source: keys) { MultiLine = true, Prompt = shown };
        foreach (string statement in history.Statements)
            editor.History.Add(statement);
        Bind(editor.KeyBindings, shown, new LineCompletion(shell, before));
        return editor;
    }

    private void Bind(KeyBindings bindings, ShellPrompt shown, LineCompletion completion)
    {
        bindings.Clear();
        void On(ConsoleKey key, Action<LineEditorContext> action) => bindings.Add(key, () => new EditCommand(action));
        void OnControl(ConsoleKey key, Action<LineEditorContext> action) =>
            bindings.Add(key, ConsoleModifiers.Control, () => new EditCommand(action));

        // The editor takes the first binding of a key where no modifier is pressed: those come first.
        On(ConsoleKey.Enter, context => context.Submit(SubmitAction.Submit));
        On(ConsoleKey.Tab, context => completion.Show(context.Buffer, forward: true));
        On(ConsoleKey.UpArrow, context =>
            context.Submit(shown.IsFirstLine ? SubmitAction.PreviousHistory : SubmitAction.MoveUp));
        On(ConsoleKey.DownArrow, context =>
            context.Submit(shown.IsLastLine ? SubmitAction.NextHistory : SubmitAction.MoveDown));
        bindings.Add<MoveLeftCommand>(ConsoleKey.LeftArrow);
        bindings.Add<MoveRightCommand>(ConsoleKey.RightArrow);
        bindings.Add<MoveHomeCommand>(ConsoleKey.Home);
        bindings.Add<MoveEndCommand>(ConsoleKey.End);
        bindings.Add<BackspaceCommand>(ConsoleKey.Backspace);
        bindings.Add<DeleteCommand>(ConsoleKey.Delete);

        bindings.Add(ConsoleKey.Tab, ConsoleModifiers.Shift,
            () => new EditCommand(context => completion.Show(context.Buffer, forward: false)));
        bindings.Add<PreviousWordCommand>(ConsoleKey.LeftArrow, ConsoleModifiers.Control);
        bindings.Add<NextWordCommand>(ConsoleKey.RightArrow, ConsoleModifiers.Control);
        bindings.Add<MoveHomeCommand>(ConsoleKey.A, ConsoleModifiers.Control);
        bindings.Add<MoveEndCommand>(ConsoleKey.E, ConsoleModifiers.Control);
        OnControl(ConsoleKey.Enter, context => context.Submit(SubmitAction.Submit));
        OnControl(ConsoleKey.P, context => context.Submit(SubmitAction.PreviousHistory));
        OnControl(ConsoleKey.N, context => context.Submit(SubmitAction.NextHistory));
        OnControl(ConsoleKey.U, context => Delete(context.Buffer, 0, context.Buffer.Position));
        OnControl(ConsoleKey.K, context => Delete(context.Buffer, context.Buffer.Position, context.Buffer.Length));
        OnControl(ConsoleKey.W, DeleteWord);
        OnControl(ConsoleKey.L, _ => Console.Clear());
        OnControl(ConsoleKey.C, Interrupt);
        OnControl(ConsoleKey.D, EndOrDelete);
    }

    private static void Delete(LineBuffer buffer, int start, int end)
    {
        buffer.Move(start);
        buffer.Clear(start, end - start);
    }

    private static void DeleteWord(LineEditorContext context)
    {
        int end = context.Buffer.Position;
        int start = context.Buffer.Content[..end].TrimEnd().LastIndexOf(' ') + 1;
        Delete(context.Buffer, start, end);
    }

    private void Interrupt(LineEditorContext context)
    {
        interrupted = true;
        context.Submit(SubmitAction.Cancel);
    }

    private static void EndOrDelete(LineEditorContext context)
    {
        if (context.Buffer.Length == 0)
            context.Submit(SubmitAction.Cancel);
        else
            new DeleteCommand().Execute(context);
    }

    private sealed class EditCommand(Action<LineEditorContext> action) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context) => action(context);
    }
}
