using System.Diagnostics;
using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>Runs what was discovered in one file.</summary>
internal sealed class ContainerRun(SessionState session, Engine engine, Output output)
{
    public void Execute(Block root)
    {
        if (!root.ShouldRun)
            return;
        var watch = Stopwatch.StartNew();
        output.ContainerStart(root);
        using var drive = new TestDrive(session);
        if (root.BeforeEach is not null || root.AfterEach is not null)
            root.ErrorRecord.Add(Errors.New("BeforeEach and AfterEach must stand in a Describe or Context."));
        else
            engine.InScriptScope(() => RunContent(root, drive), () => AfterAll(root));
        foreach (var test in root.AllTests.Where(test => test.ShouldRun && test.Result == "NotRun"))
            test.Result = "Failed";
        root.Duration = watch.Elapsed;
        output.ContainerEnd(root);
    }

    private static bool Fails(Item item, ErrorRecord? error)
    {
        if (error is not null)
            item.ErrorRecord.Add(error);
        return error is not null;
    }

    private static string ResultOf(Test test) =>
        test.Skip || test.ErrorRecord.Any(Errors.IsSkipped) ? "Skipped"
        : test.ErrorRecord.Any(Errors.IsInconclusive) ? "Inconclusive"
        : test.ErrorRecord.Count == 0 ? "Passed"
        : "Failed";

    private void RunBlock(Block block, TestDrive drive)
    {
        var watch = Stopwatch.StartNew();
        var files = drive.List();
        engine.InScope(block.Data, () => RunContent(block, drive), () => AfterAll(block));
        drive.RemoveAllBut(files);
        block.Duration = watch.Elapsed;
        if (block.ErrorRecord.Count > 0)
            output.BlockFailed(block);
    }

    private void RunContent(Block block, TestDrive drive)
    {
        if (!block.Skip && Fails(block, engine.DotSource(block.BeforeAll)))
            return;
        if (!block.IsRoot && Fails(block, engine.Expand(block)))
            return;
        foreach (var child in block.Children.Where(child => child.ShouldRun))
        {
            if (child is Block inner)
                RunBlock(inner, drive);
            else
                RunTest((Test)child, block);
        }
    }

    private void AfterAll(Block block)
    {
        if (!block.Skip)
            Fails(block, engine.DotSource(block.AfterAll));
    }

    private void RunTest(Test test, Block block)
    {
        var watch = Stopwatch.StartNew();
        output.TestStart(block);
        if (!test.Skip)
            engine.InScope(test.Data, () => RunBody(test, block), () => AfterEach(test, block));
        test.Result = ResultOf(test);
        test.Duration = watch.Elapsed;
        output.TestEnd(test);
    }

    private void RunBody(Test test, Block block)
    {
        foreach (var outer in block.Ancestry().Reverse())
        {
            if (Fails(test, engine.DotSource(outer.BeforeEach)))
                return;
        }

        if (!Fails(test, engine.Expand(test)))
            Fails(test, engine.DotSource(test.Body));
    }

    private void AfterEach(Test test, Block block)
    {
        foreach (var outer in block.Ancestry())
            Fails(test, engine.DotSource(outer.AfterEach));
    }
}
