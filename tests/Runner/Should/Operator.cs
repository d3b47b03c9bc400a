namespace KvmPS.TestRunner.Should;

/// <summary>An operator of Should.</summary>
/// <param name="Parameters">The parameters of the operator by position, without the value under test.</param>
/// <param name="TakesWholeInput">Whether it looks at the whole pipeline input at once, or at each value.</param>
/// <param name="Test">Gives the message of the failure, or null where the assertion holds.</param>
internal sealed record Operator(IReadOnlyList<string> Parameters, bool TakesWholeInput, Func<Assertion, string?> Test)
{
    public const string Expected = "ExpectedValue";
    public const string Because = "Because";
}
