using System.Globalization;
using System.Management.Automation;

namespace KvmPS.Binding;

/// <summary>Takes a duration as a TimeSpan or as a number of seconds, which PowerShell alone would take for ticks.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecondsAttribute : ArgumentTransformationAttribute
{
    // A timer's longest time is 2^32 - 2 milliseconds.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? data = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        TimeSpan? given = data is TimeSpan span ? span
            : data is not null && LanguagePrimitives.TryConvertTo(data, CultureInfo.InvariantCulture, out double seconds)
                && Math.Abs(seconds) <= int.MaxValue ? TimeSpan.FromSeconds(seconds)
            : null;
        return given >= TimeSpan.Zero && given <= Longest
            ? given
            : throw new ArgumentTransformationMetadataException(
                $"'{data}' is no duration from 0 to {Longest.TotalSeconds:0} seconds (49 days): give seconds, or a TimeSpan.");
    }
}
