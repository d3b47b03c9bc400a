namespace KvmPS.TestRunner;

/// <summary>The outcome of Invoke-Pester, named as Pester names it.</summary>
public sealed class PesterRun
{
    internal PesterRun(IReadOnlyList<Block> containers, DateTime executedAt, TimeSpan duration)
    {
        Containers = containers;
        ExecutedAt = executedAt;
        Duration = duration;
        Tests = [.. containers.SelectMany(container => container.AllTests)];
        FailedBlocks = [.. containers.SelectMany(container => container.AllBlocks).Where(HasErrors)];
        FailedContainers = [.. containers.Where(HasErrors)];
    }

    public string Result => FailedCount + FailedBlocksCount + FailedContainersCount == 0 ? "Passed" : "Failed";

    public int PassedCount => Count("Passed");

    public int FailedCount => Count("Failed");

    public int SkippedCount => Count("Skipped");

    public int InconclusiveCount => Count("Inconclusive");

    public int NotRunCount => Count("NotRun");

    public int TotalCount => Tests.Count;

    public int FailedBlocksCount => FailedBlocks.Count;

    public int FailedContainersCount => FailedContainers.Count;

    public DateTime ExecutedAt { get; }

    public TimeSpan Duration { get; }

    public IReadOnlyList<Test> Tests { get; }

    public IReadOnlyList<Block> FailedBlocks { get; }

    public IReadOnlyList<Block> FailedContainers { get; }

    internal IReadOnlyList<Block> Containers { get; }

    private static bool HasErrors(Block block) => block.ErrorRecord.Count > 0;

    private int Count(string result) => Tests.Count(test => test.Result == result);
}
