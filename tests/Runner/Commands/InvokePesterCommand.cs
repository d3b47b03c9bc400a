using System.Collections;
using System.Management.Automation;

namespace KvmPS.TestRunner.Commands;

[Cmdlet(VerbsLifecycle.Invoke, "Pester")]
[OutputType(typeof(PesterRun))]
public sealed class InvokePesterCommand : PSCmdlet
{
    private const string Extension = ".Tests.ps1";

    [Parameter]
    public Hashtable Configuration { get; set; } = [];

    protected override void EndProcessing()
    {
        var configuration = new Configuration(Configuration);
        var output = new Output(Host.UI, configuration.Verbosity);
        var location = SessionState.Path.CurrentLocation.Path;
        var run = new TestRun(SessionState, configuration, output).Execute(FindFiles(configuration.Path));
        output.Summary(run);
        SessionState.Path.SetLocation(location);
        if (configuration.ResultEnabled)
            NUnitXml.Write(run, GetUnresolvedProviderPathFromPSPath(configuration.ResultPath));
        var failed = run.FailedCount + run.FailedBlocksCount + run.FailedContainersCount;
        SessionState.PSVariable.Set("global:LASTEXITCODE", failed);
        if (configuration.PassThru)
            WriteObject(run);
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.GetFiles(folder, $"*{Extension}").Order(StringComparer.OrdinalIgnoreCase)
            .Concat(Directory.GetDirectories(folder).Order(StringComparer.OrdinalIgnoreCase).SelectMany(FilesIn));

    private List<string> FindFiles(IReadOnlyList<string> paths)
    {
        var files = paths
            .SelectMany(path => GetResolvedProviderPathFromPSPath(path, out _))
            .SelectMany(path => Directory.Exists(path) ? FilesIn(path) : [path])
            .Distinct()
            .ToList();
        return files.Count > 0 ? files
            : throw new ItemNotFoundException($"There is no *{Extension} file in {string.Join(", ", paths)}.");
    }
}
