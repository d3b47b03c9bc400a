namespace KvmPS.TestRunner;

/// <summary>One It, or one of the cases of an It with -ForEach.</summary>
public sealed class Test : Item
{
    internal Test(string name, Block parent)
        : base(name, parent)
    {
    }

    /// <summary>Passed, Failed, Skipped, Inconclusive or NotRun.</summary>
    public string Result { get; internal set; } = "NotRun";

    /// <summary>Shared by the cases of one It with -ForEach; null without -ForEach.</summary>
    internal string? GroupId { get; init; }
}
