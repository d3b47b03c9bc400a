using System.Management.Automation;
using KvmPS.Host;

var line = CommandLine.Parse(args);
if (line.Problem is { } problem)
{
    Console.Error.WriteLine($"kvmps: {problem}\n\n{CommandLine.Usage}");
    return 64;
}
if (line.Help)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}
if (line.Version)
{
    Console.WriteLine($"KvmPS host, PowerShell engine {typeof(PSObject).Assembly.GetName().Version?.ToString(3)}");
    return 0;
}

using var shell = new Shell(line.NonInteractive);
if (line.File is { } file)
    shell.RunFile(file, line.Arguments);
else if (line.Command is { } command && command != "-")
    shell.RunCommand(command);
else if (line.Command == "-" || Console.IsInputRedirected)
    shell.RunCommand(Console.In.ReadToEnd());
else
    shell.RunInteractively(line.NoLogo);
if (line.NoExit && !shell.ShouldExit)
    shell.RunInteractively(line.NoLogo);
return shell.ExitCode;
