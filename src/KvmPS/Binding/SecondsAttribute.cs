using System.Globalization;
using System.Management.Automation;

namespace KvmPS.Binding;

/// <summary>Takes a duration as a TimeSpan or as a number of seconds, which PowerShell alone would take for ticks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? data = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (data is TimeSpan or null)
            return data;
        return LanguagePrimitives.TryConvertTo(data, CultureInfo.InvariantCulture, out double seconds)
            && seconds >= 0 && seconds <= int.MaxValue
            ? TimeSpan.FromSeconds(seconds)
            : data;
    }
}
