using System.Management.Automation;

namespace KvmPS.TestRunner.Should;

[Cmdlet(VerbsLifecycle.Assert, "Should")]
[Alias("Should")]
public sealed class AssertShouldCommand : PSCmdlet, IDynamicParameters
{
    private static readonly RuntimeDefinedParameterDictionary Parameters = Define();
    private readonly List<object?> input = [];

    [Parameter(ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    public object? ActualValue { get; set; }

    public object GetDynamicParameters() => Parameters;

    protected override void ProcessRecord() => input.Add(ActualValue);

    protected override void EndProcessing()
    {
        var used = Operators.All[ParameterSetName];
        if (input.Count == 0)
            Check(used, null);
        else if (used.TakesWholeInput)
            Check(used, input.ToArray());
        else
            input.ForEach(value => Check(used, value));
    }

    // Each operator is a parameter set: the switch with its name, -Not, and its own parameters by position.
    private static RuntimeDefinedParameterDictionary Define()
    {
        var parameters = new RuntimeDefinedParameterDictionary();
        foreach (var (name, used) in Operators.All)
        {
            Add(name, name, typeof(SwitchParameter));
            Add(name, "Not", typeof(SwitchParameter));
            for (var i = 0; i < used.Parameters.Count; i++)
                Add(name, used.Parameters[i], typeof(object), i + 1);
        }

        Add("Throw", "PassThru", typeof(SwitchParameter));
        return parameters;

        void Add(string set, string name, Type type, int position = int.MinValue)
        {
            if (!parameters.TryGetValue(name, out var parameter))
                parameters[name] = parameter = new RuntimeDefinedParameter(name, type, []);
            parameter.Attributes.Add(new ParameterAttribute { ParameterSetName = set, Position = position });
        }
    }

    private void Check(Operator used, object? actual)
    {
        var assertion = new Assertion(SessionState, MyInvocation.BoundParameters, actual);
        if (used.Test(assertion) is { } message)
            throw Errors.Throw(Errors.Assertion, message, MyInvocation);
        if (assertion.Output is not null)
            WriteObject(assertion.Output);
    }
}
