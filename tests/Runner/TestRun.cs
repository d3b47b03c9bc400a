using System.Diagnostics;
using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>One Invoke-Pester: first the discovery of all files, then the run.</summary>
internal sealed class TestRun(SessionState session, Configuration configuration, Output output)
{
    private readonly Engine engine = new(session);

    /// <summary>The run whose files or tests are executing. A test may start another one.</summary>
    public static TestRun? Current { get; private set; }

    /// <summary>The block whose body is being discovered; null in the run phase.</summary>
    public Block? Discovering { get; set; }

    public PesterRun Execute(IReadOnlyList<string> files)
    {
        var outer = Current;
        Current = this;
        try
        {
            var startedAt = DateTime.Now;
            var watch = Stopwatch.StartNew();
            output.DiscoveryStart(files.Count);
            var containers = files.Select(Discover).ToList();
            output.DiscoveryEnd(containers, configuration, watch.Elapsed);
            foreach (var container in containers)
                new ContainerRun(session, engine, output).Execute(container);
            return new PesterRun(containers, startedAt, watch.Elapsed);
        }
        finally
        {
            Current = outer;
        }
    }

    /// <summary>Runs the body of a block for its declarations.</summary>
    public void Discover(Block block)
    {
        var outer = Discovering!;
        ErrorRecord? error = null;
        outer.Children.Add(block);
        Discovering = block;
        engine.InScope(block.Data, () => error = engine.DotSource(block.Body), () => Discovering = outer);
        if (error is not null)
            throw Errors.Rethrow(error);
    }

    private Block Discover(string file)
    {
        var root = new Block("File", file, null);
        ErrorRecord? error = null;
        Discovering = root;
        engine.InScope(null, () => error = engine.DotSource(file), () => Discovering = null);
        if (error is not null)
        {
            root.ErrorRecord.Add(error);
            output.DiscoveryFailed(root);
        }

        new Filter(configuration).Apply(root);
        return root;
    }
}
