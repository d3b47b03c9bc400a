using System.Management.Automation;
using System.Text;

namespace KvmPS.Host;

/// <summary>
/// Reads a line of a person who answers a question of a running command, and who may press Ctrl-C instead.
/// </summary>
internal static class TerminalInput
{
    /// <returns>The line; null where Ctrl-D was pressed instead.</returns>
    /// <exception cref="PipelineStoppedException">Ctrl-C was pressed.</exception>
    public static string? ReadLine(bool echo)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            return ReadKeys(echo);
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    private static string? ReadKeys(bool echo)
    {
        var text = new StringBuilder();
        while (true)
        {
            ConsoleKeyInfo key = Console.ReadKey(intercept: true);
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    Console.WriteLine();
                    return text.ToString();
                case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                    Console.WriteLine();
                    throw new PipelineStoppedException();
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when text.Length == 0:
                    Console.WriteLine();
                    return null;
                case { Key: ConsoleKey.Backspace } when text.Length > 0:
                    text.Length--;
                    if (echo)
                        Console.Write("\b \b");
                    break;
                case { KeyChar: var typed } when !char.IsControl(typed):
                    text.Append(typed);
                    if (echo)
                        Console.Write(typed);
                    break;
            }
        }
    }
}
