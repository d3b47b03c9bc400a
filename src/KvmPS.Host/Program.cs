using System.Management.Automation;
using KvmPS.Host;

const int BadCommandLine = 64;
const string TelemetryOptOut = "POWERSHELL_TELEMETRY_OPTOUT";

var line = CommandLine.Parse(args);
if (line.Problem is { } problem)
{
    Console.Error.WriteLine($"kvmps: {problem}\n\n{CommandLine.Usage}");
    return BadCommandLine;
}
if (line.Help)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}
if (line.Version)
{
    Console.WriteLine($"PowerShell {PSVersionInfo.PSVersion} (the engine, in KvmPS's host)");
    return 0;
}

// The engine tells its makers which modules are used, under an id that it keeps in the user's cache: not from here.
if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TelemetryOptOut)))
    Environment.SetEnvironmentVariable(TelemetryOptOut, "1");

using var shell = new Shell(line.NonInteractive);
if (line.File is { } file)
    shell.RunFile(file, line.FileArguments);
else if (line.Command is { } command)
    shell.RunCommand(command);
else if (Console.IsInputRedirected)
    shell.RunInput();
if (!shell.ShouldExit && (line.NoExit || line.IsInteractive))
    shell.RunInteractively(line.NoLogo || !line.IsInteractive);
return shell.ExitCode;
