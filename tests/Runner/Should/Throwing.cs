using System.Management.Automation;

namespace KvmPS.TestRunner.Should;

/// <summary>-Throw.</summary>
internal static class Throwing
{
    public static string? Test(Assertion assertion)
    {
        if (Values.Bare(assertion.Actual) is not ScriptBlock block)
            throw new PSArgumentException("Should -Throw takes a script block: { ... } | Should -Throw.");
        var error = new Engine(assertion.Session).Call(block);
        if (assertion.Negate)
            return error is null
                ? null
                : $"Expected no exception to be thrown,{assertion.Because} but an exception "
                    + $"\"{error.Exception.Message}\" was thrown {Position(error)}.";

        var wanted = new List<string>();
        var found = new List<string>();
        if (assertion["ExceptionType"] is { } given)
        {
            var type = LanguagePrimitives.ConvertTo<Type>(given);
            wanted.Add($"type {Values.Format(type)}");
            if (error is not null && !type.IsInstanceOfType(error.Exception))
                found.Add($"the exception type was {Values.Format(error.Exception.GetType())}");
        }

        Like("ExpectedMessage", "message like", "the message was", error?.Exception.Message);
        Like("ErrorId", "FullyQualifiedErrorId", "the FullyQualifiedErrorId was", error?.FullyQualifiedErrorId);
        if (error is null)
            found.Add("no exception was thrown");
        if (assertion.IsSet("PassThru"))
            assertion.Output = error;
        if (found.Count == 0)
            return null;
        var with = wanted.Count == 0 ? "" : $" with {string.Join(" and ", wanted)}";
        var but = string.Join(" and ", found);
        return $"Expected an exception{with} to be thrown,{assertion.Because} but {but}. {Position(error)}".Trim();

        void Like(string parameter, string wantedText, string foundText, string? actual)
        {
            var pattern = Values.Text(assertion[parameter]);
            if (string.IsNullOrWhiteSpace(pattern))
                return;
            wanted.Add($"{wantedText} {Values.Format(pattern)}");
            if (error is not null && !WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase).IsMatch(actual ?? ""))
                found.Add($"{foundText} {Values.Format(actual)}");
        }
    }

    private static string Position(ErrorRecord? error) => error?.InvocationInfo is { } place
        ? $"from {place.ScriptName}:{place.ScriptLineNumber}"
        : "";
}
