using System.Collections;
using System.Management.Automation;

namespace KvmPS.Binding;

/// <summary>Takes addresses, sizes and masks as a person types them: 0xFEE00000, 0xFFFFFFFF81000000, 512MB.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class UnsignedAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? data = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (data is IList list)
            return list.Cast<object?>().Select(One).ToArray();
        return data is null ? null : One(data);
    }

    private static object One(object? data) => Numbers.TryRead(data, out ulong number)
        ? number
        : throw new ArgumentTransformationMetadataException($"'{data}' is not a number from 0 to 0xFFFFFFFFFFFFFFFF.");
}
