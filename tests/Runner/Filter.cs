using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>Decides after discovery what runs and what is skipped.</summary>
internal sealed class Filter(Configuration configuration)
{
    private readonly WildcardPattern[] tags = Patterns(configuration.Tag);
    private readonly WildcardPattern[] excludedTags = Patterns(configuration.ExcludeTag);
    private readonly WildcardPattern[] names = Patterns(configuration.FullName);

    public void Apply(Block block)
    {
        foreach (var child in block.Children)
        {
            Select(child);
            child.Skip |= block.Skip;
            if (child is Block inner)
                Apply(inner);
            else
                child.ShouldRun = child.Include;
        }

        var selected = block.Children.FindAll(child => child.ShouldRun);
        block.ShouldRun = selected.Count > 0;
        // Nothing to run but skipped tests: BeforeAll and AfterAll of the block do not run either.
        block.Skip |= block.ShouldRun && selected.TrueForAll(child => child.Skip);
    }

    private static WildcardPattern[] Patterns(IReadOnlyList<string> patterns) =>
        [.. patterns.Select(pattern => WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase))];

    private static bool Matches(WildcardPattern[] patterns, IEnumerable<string> values) =>
        values.Any(value => Array.Exists(patterns, pattern => pattern.IsMatch(value)));

    private void Select(Item item)
    {
        var isFree = tags.Length == 0 && names.Length == 0;
        item.Exclude = item.Parent!.Exclude || Matches(excludedTags, item.Tag);
        item.Include = !item.Exclude
            && (item.Parent.Include
                || (isFree && item is Test)
                || Matches(tags, item.Tag)
                || Matches(names, [string.Join('.', item.Path)]));
    }
}
