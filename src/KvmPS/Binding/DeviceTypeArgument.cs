using System.Globalization;
using System.Management.Automation;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>What -Type takes: a device type's name, with or without KVM_DEV_TYPE_, or its number.</summary>
public sealed class DeviceTypeArgument
{
    /// <summary>Takes what a person gave.</summary>
    /// <param name="argument">A name or a number.</param>
    /// <exception cref="PSInvalidCastException">It is neither.</exception>
    public DeviceTypeArgument(object argument)
    {
        object given = argument is PSObject wrapped ? wrapped.BaseObject : argument;
        if (given is Native.KvmDeviceType type)
            Number = type.Number;
        else if (given is string name && DeviceTypes.Find(name) is { } known)
            Number = known.Number;
        else if (Numbers.TryRead(given, out ulong number) && number <= uint.MaxValue)
            Number = (uint)number;
        else
            throw new PSInvalidCastException(
                $"'{given}' is not a KVM device type. Known are: {string.Join(", ", DeviceTypes.All.Select(row => row.Name))}; "
                + "others are named by their number.");
    }

    /// <summary>The number in enum kvm_device_type.</summary>
    internal uint Number { get; }

    /// <summary>The name without its prefix.</summary>
    internal static string ShortName(string name) =>
        name.StartsWith(DeviceTypes.Prefix, StringComparison.OrdinalIgnoreCase) ? name[DeviceTypes.Prefix.Length..] : name;

    /// <inheritdoc/>
    public override string ToString() =>
        DeviceTypes.Find(Number)?.Name ?? string.Create(CultureInfo.InvariantCulture, $"type {Number}");
}
