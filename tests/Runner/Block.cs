using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>A Describe, a Context or, as the root, a whole file.</summary>
public sealed class Block : Item
{
    internal Block(string command, string name, Block? parent)
        : base(name, parent) => Command = command;

    public bool IsRoot => Parent is null;

    internal string Command { get; }

    internal List<Item> Children { get; } = [];

    internal ScriptBlock? BeforeAll { get; set; }

    internal ScriptBlock? AfterAll { get; set; }

    internal ScriptBlock? BeforeEach { get; set; }

    internal ScriptBlock? AfterEach { get; set; }

    internal bool IsWritten { get; set; }

    /// <summary>The tests in Pester's order: those of the block, then those of the blocks in it.</summary>
    internal IEnumerable<Test> AllTests =>
        Children.OfType<Test>().Concat(Children.OfType<Block>().SelectMany(block => block.AllTests));

    internal IEnumerable<Block> AllBlocks =>
        Children.OfType<Block>().SelectMany(block => block.AllBlocks.Prepend(block));

    /// <summary>This block and those around it, the innermost first.</summary>
    internal IEnumerable<Block> Ancestry()
    {
        for (var block = this; block is not null; block = block.Parent)
            yield return block;
    }
}
