using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace KvmPS.Host;

/// <summary>The command line, with the parameters of pwsh that make sense here.</summary>
internal sealed partial class CommandLine
{
    public const string Usage = """
        usage: kvmps [-NoLogo] [-NoProfile] [-NonInteractive] [-NoExit] [[-File] script.ps1 [argument...]]
               kvmps [-NoExit] -Command { - | command... }
               kvmps -Version | -Help

        Without a script or a command: an interactive shell, or, where standard input is not a terminal, the commands
        that stand there.
        """;

    public string? File { get; private set; }

    public string? Command { get; private set; }

    /// <summary>The script's arguments, as PowerShell text.</summary>
    public string Arguments { get; private set; } = "";

    public bool NonInteractive { get; private set; }

    public bool NoExit { get; private set; }

    public bool NoLogo { get; private set; }

    public bool Help { get; private set; }

    public bool Version { get; private set; }

    /// <summary>What is wrong with the command line; null where nothing is.</summary>
    public string? Problem { get; private set; }

    public static CommandLine Parse(string[] args)
    {
        var line = new CommandLine();
        for (int i = 0; i < args.Length; i++)
        {
            string rest = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : args[i].TrimStart('-');
            if (!args[i].StartsWith('-'))
            {
                line.TakeFile(args[i..]);
                return line;
            }
            switch (Expand(rest))
            {
                case "nologo": line.NoLogo = true; break;
                case "noprofile": break;
                case "noninteractive": line.NonInteractive = true; break;
                case "noexit": line.NoExit = true; break;
                case "help": line.Help = true; break;
                case "version": line.Version = true; break;
                case "file" when i + 1 < args.Length:
                    line.TakeFile(args[(i + 1)..]);
                    return line;
                case "command" when i + 1 < args.Length:
                    line.Command = string.Join(' ', args[(i + 1)..]);
                    return line;
                case "file" or "command":
                    line.Problem = $"{args[i]} needs an argument.";
                    return line;
                default:
                    line.Problem = $"{args[i]} is not a parameter of kvmps.";
                    return line;
            }
        }
        return line;
    }

    private void TakeFile(string[] args)
    {
        File = args[0];
        Arguments = string.Join(' ', args[1..].Select(Argument));
    }

    // -Name and -Name:value name parameters, as pwsh -File has it; all else is a text.
    private static string Argument(string arg)
    {
        Match parameter = ParameterName().Match(arg);
        if (!parameter.Success)
            return Quote(arg);
        string value = arg[parameter.Length..];
        return value.Length == 0
            ? arg
            : value.ToLowerInvariant() is "$true" or "$false" ? arg : parameter.Value + Quote(value);
    }

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"^-[A-Za-z_]\w*(:|$)")]
    private static partial Regex ParameterName();

    // Abbreviations as pwsh takes them.
    private static string Expand(string name) => name.ToLowerInvariant() switch
    {
        "c" => "command",
        "f" => "file",
        "nop" => "noprofile",
        "nol" => "nologo",
        "noni" => "noninteractive",
        "noe" => "noexit",
        "h" or "?" => "help",
        "v" => "version",
        var full => full,
    };
}
