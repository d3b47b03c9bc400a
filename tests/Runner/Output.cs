using System.Management.Automation;
using System.Management.Automation.Host;

namespace KvmPS.TestRunner;

/// <summary>What a run shows, in Pester's form.</summary>
internal sealed class Output(PSHostUserInterface? ui, string verbosity)
{
    private const string Red = "\e[91m";
    private const string Green = "\e[92m";
    private const string DarkGreen = "\e[32m";
    private const string Yellow = "\e[93m";
    private const string Cyan = "\e[96m";
    private const string Magenta = "\e[95m";
    private const string Gray = "\e[90m";

    private readonly bool isDetailed = verbosity == "Detailed";
    private readonly bool isColoured = ui is { SupportsVirtualTerminal: true }
        && !Console.IsOutputRedirected
        && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    public void DiscoveryStart(int files) => Write($"\nStarting discovery in {files} files.", Magenta);

    public void DiscoveryFailed(Block root)
    {
        Write($"[-] Discovery in {root.Name} failed with:", Red);
        WriteErrors(root, 0);
    }

    public void DiscoveryEnd(IReadOnlyList<Block> containers, Configuration configuration, TimeSpan duration)
    {
        var tests = containers.SelectMany(container => container.AllTests).ToList();
        Write($"Discovery found {tests.Count} tests in {Human(duration)}.", Magenta);
        if (isDetailed && configuration.Tag.Count + configuration.ExcludeTag.Count + configuration.FullName.Count > 0)
            Write($"Filters selected {tests.Count(test => test.ShouldRun)} tests to run.", Magenta);
        Write("Running tests.", Magenta);
    }

    public void ContainerStart(Block root)
    {
        if (isDetailed)
            Write($"\nRunning tests from '{root.Name}'", Magenta);
    }

    public void ContainerEnd(Block root)
    {
        if (root.ErrorRecord.Count > 0)
        {
            Write($"[-] {root.Name} failed with:", Red);
            WriteErrors(root, 0);
        }
        else if (!isDetailed && root.AllTests.All(test => test.Result != "Failed"))
        {
            var sign = root.Skip ? "[!]" : "[+]";
            Write($"{sign} {root.Name}", root.Skip ? Yellow : DarkGreen, root.Duration);
        }
    }

    public void BlockFailed(Block block)
    {
        if (isDetailed)
            WriteHeader(block);
        Write($"[-] {block.Command} {block.ExpandedPath} failed", Red);
        WriteErrors(block, block.Path.Count + 1);
    }

    public void TestStart(Block block)
    {
        if (isDetailed)
            WriteHeader(block);
    }

    public void TestEnd(Test test)
    {
        if (!isDetailed && test.Result != "Failed")
            return;
        var margin = isDetailed ? new string(' ', test.Path.Count) : "";
        var name = isDetailed ? test.ExpandedName : test.ExpandedPath;
        var (sign, colour) = test.Result switch
        {
            "Passed" => ("[+]", DarkGreen),
            "Skipped" => ("[!]", Yellow),
            "Inconclusive" => ("[?]", Gray),
            _ => ("[-]", Red),
        };
        var reason = test.Result == "Failed" ? "" : string.Concat(test.ErrorRecord.Select(error => $" {error}"));
        Write($"{margin}{sign} {name}{reason}", colour, test.Duration);
        if (test.Result == "Failed")
            WriteErrors(test, margin.Length + 1);
    }

    public void Summary(PesterRun run)
    {
        Write($"Tests completed in {Human(run.Duration)}", "");
        Write(
            $"Tests Passed: {run.PassedCount}, Failed: {run.FailedCount}, Skipped: {run.SkippedCount}, "
            + $"Inconclusive: {run.InconclusiveCount}, NotRun: {run.NotRunCount}",
            run.Result == "Passed" ? DarkGreen : Red);
        WriteNames("BeforeAll \\ AfterAll failed", run.FailedBlocks.Select(block => block.ExpandedPath));
        WriteNames("Container failed", run.FailedContainers.Select(root => root.Name));
    }

    private static string Human(TimeSpan time) =>
        time.TotalSeconds < 1 ? $"{time.TotalMilliseconds:0}ms" : $"{time.TotalSeconds:0.##}s";

    private void WriteHeader(Block block)
    {
        if (block.IsRoot || block.IsWritten)
            return;
        WriteHeader(block.Parent!);
        block.IsWritten = true;
        var margin = new string(' ', block.Path.Count - 1);
        var verb = block.Command == "Describe" ? "Describing" : block.Command;
        Write($"{(margin.Length == 0 ? "\n" : margin)}{verb} {block.ExpandedName}", margin.Length == 0 ? Green : Cyan);
    }

    private void WriteNames(string title, IEnumerable<string> names)
    {
        var lines = names.Select(name => $"  - {name}").ToList();
        if (lines.Count > 0)
            Write($"{title}: {lines.Count}\n{string.Join('\n', lines)}", Red);
    }

    private void WriteErrors(Item item, int margin)
    {
        var indent = new string(' ', margin);
        for (var i = 0; i < item.ErrorRecord.Count; i++)
        {
            var number = item.ErrorRecord.Count > 1 ? $"[{i}] " : "";
            foreach (var line in Errors.Message(item.ErrorRecord[i]).Concat(Errors.Trace(item.ErrorRecord[i])))
            {
                Write($"{indent}{number}{line}", Red);
                number = "";
            }
        }
    }

    private void Write(string text, string colour, TimeSpan? duration = null)
    {
        if (verbosity == "None")
            return;
        var time = duration is null ? "" : $" {Human(duration.Value)}";
        ui?.WriteLine(isColoured ? $"{colour}{text}{Gray}{time}\e[0m" : text + time);
    }
}
