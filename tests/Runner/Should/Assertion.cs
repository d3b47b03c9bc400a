using System.Management.Automation;

namespace KvmPS.TestRunner.Should;

/// <summary>One value under test, with the parameters that Should was given.</summary>
internal sealed class Assertion(SessionState session, Dictionary<string, object> parameters, object? actual)
{
    public SessionState Session => session;

    public object? Actual => actual;

    public object? Expected => this[Operator.Expected];

    public bool Negate => IsSet("Not");

    public string Because => Values.Because(this[Operator.Because]);

    /// <summary>What Should emits when the assertion holds.</summary>
    public object? Output { get; set; }

    public object? this[string parameter] => parameters.GetValueOrDefault(parameter);

    public bool IsSet(string name) => this[name] is SwitchParameter { IsPresent: true };

    /// <summary>Fills {e}, {a} and {b} of a message: the expected value, the actual value, the reason.</summary>
    public string Message(string template, object? expected) => template
        .Replace("{b}", Because, StringComparison.Ordinal)
        .Replace("{e}", Values.Format(expected), StringComparison.Ordinal)
        .Replace("{a}", Values.Format(actual), StringComparison.Ordinal);
}
