using System.Collections;

namespace KvmPS.TestRunner.Should;

/// <summary>-Be and -BeExactly.</summary>
internal static class Equality
{
    private const int DepthLimit = 100;

    public static string? Test(Assertion assertion, bool isExact)
    {
        var comparison = isExact ? Expression.AreExactlyEqual : Expression.AreEqual;
        if (AreEqual(assertion.Actual, assertion.Expected, comparison, 0) != assertion.Negate)
            return null;
        var exactly = isExact ? " exactly" : "";
        if (assertion.Negate)
            return assertion.Message(
                $"Expected {{e}} to be different from the actual value,{{b}} but got{exactly} the same value.",
                assertion.Expected);
        var actual = Single(assertion.Actual);
        var expected = Single(assertion.Expected);
        return actual is string was && expected is string wanted
            ? Difference(was, wanted, assertion.Because, isExact)
            : $"Expected{exactly} {Values.Format(expected)},{assertion.Because} but got {Values.Format(actual)}.";
    }

    private static bool AreEqual(object? actual, object? expected, Expression comparison, int depth)
    {
        if (depth == DepthLimit)
            throw new InvalidOperationException($"The collections are nested deeper than {DepthLimit}. Is one cyclic?");
        var first = Elements(actual);
        var second = Elements(expected);
        if (IsNothing(first) || IsNothing(second))
            return IsNothing(first) && IsNothing(second);
        if (first.Count != second.Count)
            return false;
        return Enumerable.Range(0, first.Count).All(i => IsArray(first[i]) || IsArray(second[i])
            ? AreEqual(first[i], second[i], comparison, depth + 1)
            : comparison.IsTrue(first[i], second[i]));
    }

    private static IList Elements(object? value) => Values.Bare(value) as IList ?? new[] { value };

    private static bool IsNothing(IList values) => values.Count == 0 || (values.Count == 1 && values[0] is null);

    private static bool IsArray(object? value) => Values.Bare(value) is Array;

    private static object? Single(object? value)
    {
        while (Values.Bare(value) is IList { Count: 1 } list)
            value = list[0];
        return Values.Bare(value);
    }

    private static string Difference(string actual, string expected, string because, bool isExact)
    {
        var comparison = isExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        var lengths = actual.Length == expected.Length
            ? $"String lengths are both {expected.Length}."
            : $"Expected length: {expected.Length}\nActual length:   {actual.Length}";
        var shownActual = Visible(actual);
        var shownExpected = Visible(expected);
        return $"Expected strings to be the same,{because} but they were different.\n{lengths}\n"
            + $"Strings differ at index {FirstDifference(actual, expected, comparison)}.\n"
            + $"Expected: '{shownExpected}'\nBut was:  '{shownActual}'\n"
            + $"           {new string('-', FirstDifference(shownActual, shownExpected, comparison))}^";
    }

    private static int FirstDifference(string first, string second, StringComparison comparison)
    {
        var length = Math.Min(first.Length, second.Length);
        var i = 0;
        while (i < length && first.AsSpan(i, 1).Equals(second.AsSpan(i, 1), comparison))
            i++;
        return i;
    }

    private static string Visible(string text) => string.Concat(text.Select(c => c switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\0' => "\\0",
        '\b' => "\\b",
        '\e' => "\\e",
        _ => c.ToString(),
    }));
}
