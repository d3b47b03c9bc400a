using System.Collections.ObjectModel;
using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>What a test file declares: a block (Describe, Context, the file itself) or a test (It).</summary>
public abstract class Item
{
    protected Item(string name, Block? parent)
    {
        Name = ExpandedName = name;
        Parent = parent;
        Path = parent is null or { IsRoot: true } ? [name] : [.. parent.Path, name];
    }

    public string Name { get; }

    public IReadOnlyList<string> Path { get; }

    /// <summary>The name with its &lt;templates&gt; replaced, once it runs.</summary>
    public string ExpandedName { get; internal set; }

    public string ExpandedPath =>
        Parent is null or { IsRoot: true } ? ExpandedName : $"{Parent.ExpandedPath}.{ExpandedName}";

    public IReadOnlyList<string> Tag { get; internal init; } = [];

    public object? Data { get; internal init; }

    public bool Skip { get; internal set; }

    public Collection<ErrorRecord> ErrorRecord { get; } = [];

    public TimeSpan Duration { get; internal set; }

    internal Block? Parent { get; }

    internal ScriptBlock? Body { get; init; }

    internal bool Include { get; set; }

    internal bool Exclude { get; set; }

    internal bool ShouldRun { get; set; }
}
