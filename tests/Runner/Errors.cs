using System.Management.Automation;
using System.Text.RegularExpressions;

namespace KvmPS.TestRunner;

/// <summary>Error records with Pester's ids, and what is shown of a record.</summary>
internal static partial class Errors
{
    public const string Assertion = "PesterAssertionFailed";
    public const string Skipped = "PesterTestSkipped";
    public const string Inconclusive = "PesterTestInconclusive";

    public static bool IsSkipped(ErrorRecord error) => error.FullyQualifiedErrorId == Skipped;

    public static bool IsInconclusive(ErrorRecord error) => error.FullyQualifiedErrorId == Inconclusive;

    public static ErrorRecord New(string message) =>
        new(new InvalidOperationException(message), "TestRunner", ErrorCategory.InvalidOperation, null);

    /// <summary>Like throw in a script: the id stays as it is. ThrowTerminatingError would append the cmdlet.</summary>
    public static RuntimeException Rethrow(ErrorRecord error) =>
        new(error.Exception.Message, error.Exception, error) { WasThrownFromThrowStatement = true };

    public static RuntimeException Throw(string id, string message, InvocationInfo caller)
    {
        var details = new Dictionary<string, object>
        {
            ["Message"] = message,
            ["File"] = caller.ScriptName,
            ["Line"] = caller.ScriptLineNumber,
            ["LineText"] = caller.Line.Trim(),
        };
        var exception = new InvalidOperationException(message);
        return Rethrow(new ErrorRecord(exception, id, ErrorCategory.InvalidResult, details));
    }

    /// <summary>The innermost exception first: it is the one that says why.</summary>
    public static IEnumerable<string> Message(ErrorRecord error)
    {
        var messages = new Stack<string>();
        var isAssertion = error.FullyQualifiedErrorId == Assertion;
        for (var exception = error.Exception; exception is not null; exception = exception.InnerException)
            messages.Push(isAssertion ? exception.Message : $"{exception.GetType().Name}: {exception.Message}");
        return messages.SelectMany(message => message.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public static IEnumerable<string> Trace(ErrorRecord error)
    {
        if (error.FullyQualifiedErrorId == Assertion && error.TargetObject is Dictionary<string, object> details)
            yield return $"at {details["LineText"]}, {details["File"]}:{details["Line"]}";
        var frames = error.ScriptStackTrace?.Split('\n') ?? [];
        foreach (var frame in frames.TakeWhile(frame => !frame.Contains(Engine.FileName, StringComparison.Ordinal)))
            yield return LineNumber().Replace(frame, ":$1");
    }

    [GeneratedRegex(@":\s*line\s*(\d+)\s*$")]
    private static partial Regex LineNumber();
}
