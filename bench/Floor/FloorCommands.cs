using System.Management.Automation;

namespace KvmPS.Floor;

/// <summary>Emits one object many times: the first half of the cheapest possible pair of cmdlets.</summary>
[Cmdlet(VerbsCommunications.Send, "Object"), OutputType(typeof(object))]
public sealed class SendObjectCommand : Cmdlet
{
    /// <summary>What is emitted.</summary>
    [Parameter(Mandatory = true)]
    public object InputObject { get; set; } = null!;

    /// <summary>How often.</summary>
    [Parameter(Mandatory = true)]
    public int Count { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        for (int i = 0; i < Count; i++)
            WriteObject(InputObject);
    }
}

/// <summary>Takes an object and emits a bool: the second half.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Nothing"), OutputType(typeof(bool))]
public sealed class TestNothingCommand : Cmdlet
{
    private static readonly object True = true;

    /// <summary>What is taken.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public object InputObject { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord() => WriteObject(True);
}
