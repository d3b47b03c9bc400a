using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>What -Request takes: a request's name, with or without KVM_, or its full number.</summary>
public sealed class RequestSelector
{
    private const RequestScope AnyScope =
        RequestScope.System | RequestScope.Vm | RequestScope.Vcpu | RequestScope.Device;

    /// <summary>Takes what a person gave.</summary>
    /// <param name="argument">A name or a number.</param>
    /// <exception cref="PSInvalidCastException">It is neither.</exception>
    public RequestSelector(object argument)
    {
        object given = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        if (given is Request request)
            Request = request;
        else if (Numbers.TryRead(given, out ulong number) && number <= uint.MaxValue)
            Request = Requests.Find((nuint)number, AnyScope) ?? Request.FromValue((uint)number);
        else
            Request = Requests.Find($"{given}") ?? throw new PSInvalidCastException(
                $"'{given}' is not a KVM request that is known; others are named by their full number, with direction and size.");
    }

    /// <summary>The request.</summary>
    internal Request Request { get; }

    /// <inheritdoc/>
    public override string ToString() => Request.Name;
}
