using System.Collections;
using System.Management.Automation;

namespace KvmPS.TestRunner.Should;

/// <summary>The operators of Should. Comparisons are made by PowerShell's own operators.</summary>
internal static class Operators
{
    public static readonly IReadOnlyDictionary<string, Operator> All =
        new Dictionary<string, Operator>(StringComparer.OrdinalIgnoreCase)
        {
            ["Be"] = new([Operator.Expected, Operator.Because], true, a => Equality.Test(a, false)),
            ["BeExactly"] = new([Operator.Expected, Operator.Because], true, a => Equality.Test(a, true)),
            // The opposite of greater is tested by less or equal: the two are not each other's negation for NaN.
            ["BeGreaterThan"] = Compare("greater than", "-le", "less than or equal to", "-gt"),
            ["BeLessOrEqual"] = Compare("less than or equal to", "-gt", "greater than", "-le"),
            ["BeLessThan"] = Compare("less than", "-ge", "greater than or equal to", "-lt"),
            ["BeGreaterOrEqual"] = Compare("greater than or equal to", "-lt", "less than", "-ge"),
            ["BeTrue"] = Truth("$true", "-not $Actual", "$false", "$Actual"),
            ["BeFalse"] = Truth("$false", "$Actual", "$true", "-not $Actual"),
            ["BeLike"] = Holds("$Actual -like $Expected", "Expected like wildcard {e} to{not} match {a}"),
            ["Match"] = Holds("$Actual -match $Expected", "Expected regular expression {e} to{not} match {a}", Pattern),
            ["MatchExactly"] = Holds(
                "$Actual -cmatch $Expected",
                "Expected regular expression {e} to{not} case sensitively match {a}",
                Pattern),
            ["BeIn"] = Holds("$Expected -contains $Actual", "Expected collection {e} to{not} contain {a}"),
            ["Contain"] = Holds(
                "$Actual -contains $Expected",
                "Expected {e} to{not} be found in collection {a}",
                takesWholeInput: true),
            ["BeNullOrEmpty"] = new([Operator.Because], true, BeNullOrEmpty),
            ["HaveCount"] = new([Operator.Expected, Operator.Because], true, HaveCount),
            ["BeOfType"] = new(["ExpectedType", Operator.Because], false, BeOfType),
            ["Exist"] = new([Operator.Because], false, Exist),
            ["Throw"] = new(["ExpectedMessage", "ErrorId", "ExceptionType", Operator.Because], false, Throwing.Test),
        };

    private const string Pattern = "RegularExpression";

    private static Operator Compare(string relation, string failure, string opposite, string oppositeFailure)
    {
        const string Text = "Expected the actual value to be {0} {{e}},{{b}} but got {{a}}.";
        return Table(
            [Operator.Expected, Operator.Because],
            ($"$Actual {failure} $Expected", string.Format(null, Text, relation)),
            ($"$Actual {oppositeFailure} $Expected", string.Format(null, Text, opposite)));
    }

    private static Operator Truth(string expected, string failure, string opposite, string oppositeFailure) => Table(
        [Operator.Because],
        (failure, $"Expected {expected},{{b}} but got {{a}}."),
        (oppositeFailure, $"Expected {opposite},{{b}} but got {{a}}."));

    private static Operator Holds(
        string condition, string text, string expected = Operator.Expected, bool takesWholeInput = false) => Table(
        [expected, Operator.Because],
        ($"-not ({condition})", text.Replace("{not}", "", StringComparison.Ordinal) + ",{b} but it did not."),
        (condition, text.Replace("{not}", " not", StringComparison.Ordinal) + ",{b} but it did."),
        takesWholeInput);

    private static Operator Table(
        string[] parameters,
        (string Failure, string Message) positive,
        (string Failure, string Message) negative,
        bool takesWholeInput = false)
    {
        var fails = new Expression(positive.Failure);
        var failsNegated = new Expression(negative.Failure);
        return new Operator(parameters, takesWholeInput, assertion =>
        {
            var expected = assertion[parameters[0]];
            var (test, message) = assertion.Negate ? (failsNegated, negative.Message) : (fails, positive.Message);
            return test.IsTrue(assertion.Actual, expected) ? assertion.Message(message, expected) : null;
        });
    }

    private static string? BeNullOrEmpty(Assertion assertion)
    {
        var values = assertion.Actual as object?[] ?? [];
        var single = values.Length == 1 ? Values.Bare(values[0]) : null;
        var isEmpty = values.Length switch
        {
            0 => true,
            1 => single is Hashtable table ? table.Count == 0 : Values.Text(values[0]).Length == 0,
            _ => false,
        };
        if (isEmpty != assertion.Negate)
            return null;
        return assertion.Negate
            ? $"Expected a value,{assertion.Because} but got $null or empty."
            : $"Expected $null or empty,{assertion.Because} but got {Values.Format(single ?? assertion.Actual)}.";
    }

    private static string? HaveCount(Assertion assertion)
    {
        var expected = LanguagePrimitives.ConvertTo<int>(assertion.Expected);
        ArgumentOutOfRangeException.ThrowIfNegative(expected);
        var count = (assertion.Actual as object?[])?.Length ?? 0;
        if (count == expected != assertion.Negate)
            return null;
        return assertion.Message(
            assertion.Negate
                ? "Expected a collection with size different from {e},{b} but got collection with that size {a}."
                : $"Expected a collection with size {{e}},{{b}} but got collection with size {count} {{a}}.",
            expected);
    }

    private static string? BeOfType(Assertion assertion)
    {
        var given = Values.Bare(assertion["ExpectedType"]);
        if (given is string name)
        {
            name = name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
            if (!LanguagePrimitives.TryConvertTo<Type>(name, out var found))
                throw new PSArgumentException($"There is no type [{name}]. Load the assembly that has it.");
            given = found;
        }

        if (Expression.IsType.IsTrue(assertion.Actual, given) != assertion.Negate)
            return null;
        var type = Values.Format(assertion.Actual is null ? null : Values.Bare(assertion.Actual)!.GetType());
        return assertion.Message(
            $"Expected the value to{(assertion.Negate ? " not" : "")} have type {{e}} or any of its subtypes,{{b}} "
            + $"but got {{a}} with type {type}.",
            given);
    }

    private static string? Exist(Assertion assertion) =>
        assertion.Session.InvokeProvider.Item.Exists(Values.Text(assertion.Actual)) != assertion.Negate
            ? null
            : assertion.Message(
                assertion.Negate
                    ? "Expected path {a} to not exist,{b} but it did exist."
                    : "Expected path {a} to exist,{b} but it did not exist.",
                null);
}
