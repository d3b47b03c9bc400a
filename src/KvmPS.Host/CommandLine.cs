namespace KvmPS.Host;

/// <summary>
/// The command line, with the parameters of pwsh that make sense here and its exact way to abbreviate them.
/// </summary>
internal sealed class CommandLine
{
    public const string Usage = """
        usage: kvmps [-NoLogo] [-NoProfile] [-NonInteractive] [-NoExit] [[-File] script.ps1 [argument...]]
               kvmps [-NoExit] -Command { - | command... }
               kvmps -Version | -Help

        Without a script or a command: an interactive shell, or, where standard input is not a terminal, the commands
        that stand there.
        """;

    private static readonly (string Name, string Shortest)[] Parameters =
    [
        ("command", "c"), ("file", "f"), ("help", "h"), ("noexit", "noe"), ("nologo", "nol"),
        ("noninteractive", "noni"), ("noprofile", "nop"), ("version", "v"), ("?", "?"),
    ];

    public string? File { get; private set; }

    public string[] FileArguments { get; private set; } = [];

    /// <summary>The text behind -Command; null where that is absent, or where it is -, for standard input.</summary>
    public string? Command { get; private set; }

    public bool NonInteractive { get; private set; }

    public bool NoExit { get; private set; }

    public bool NoLogo { get; private set; }

    public bool Help { get; private set; }

    public bool Version { get; private set; }

    /// <summary>Whether a person is to type the commands.</summary>
    public bool IsInteractive => File is null && Command is null && !Console.IsInputRedirected;

    /// <summary>What is wrong with the command line; null where nothing is.</summary>
    public string? Problem { get; private set; }

    public static CommandLine Parse(string[] args)
    {
        var line = new CommandLine();
        for (int i = 0; i < args.Length; i++)
        {
            string[] rest = args[(i + 1)..];
            switch (args[i].StartsWith('-') ? Expand(args[i]) : null)
            {
                case "nologo": line.NoLogo = true; break;
                case "noprofile": break;
                case "noninteractive": line.NonInteractive = true; break;
                case "noexit": line.NoExit = true; break;
                case "help" or "?": line.Help = true; break;
                case "version": line.Version = true; break;
                case "file" or "command" when rest.Length == 0:
                    line.Problem = $"{args[i]} needs an argument.";
                    return line;
                case "file":
                    line.TakeFile(rest[0], rest[1..]);
                    return line;
                case "command":
                    line.TakeCommand(rest);
                    return line;
                default:
                    line.TakeFile(args[i], rest);
                    return line;
            }
        }
        return line;
    }

    private void TakeFile(string path, string[] arguments)
    {
        if (System.IO.File.Exists(path))
            (File, FileArguments) = (Path.GetFullPath(path), arguments);
        else
            Problem = path.StartsWith('-') ? $"{path} is not a parameter of kvmps." : $"There is no script {path}.";
    }

    private void TakeCommand(string[] words)
    {
        if (words[0] != "-")
            Command = string.Join(' ', words);
        else if (words.Length > 1)
            Problem = "Nothing can follow -Command -, which runs what stands on standard input.";
        else if (!Console.IsInputRedirected)
            Problem = "-Command - runs what stands on standard input, and that is a terminal.";
    }

    private static string? Expand(string argument)
    {
        string key = argument[(argument.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..].ToLowerInvariant();
        return Array.Find(Parameters, parameter =>
            parameter.Name.StartsWith(key, StringComparison.Ordinal)
            && key.StartsWith(parameter.Shortest, StringComparison.Ordinal)).Name;
    }
}
