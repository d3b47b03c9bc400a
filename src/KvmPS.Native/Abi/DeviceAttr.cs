namespace KvmPS.Native.Abi;

/// <summary>What is known of one attribute: a row of device-attrs.tsv.</summary>
/// <param name="Scope">The kind of object that has it.</param>
/// <param name="DeviceType">The device type's number; null for attributes of the system, a VM or a vCPU.</param>
/// <param name="Architectures">The architectures whose kernels have it.</param>
/// <param name="Group">The group's number.</param>
/// <param name="GroupNames">The group's names, the present one first.</param>
/// <param name="Attr">The attribute's number in the group.</param>
/// <param name="AttrNames">The attribute's names, the present one first.</param>
/// <param name="Payload">What the payload is.</param>
/// <param name="Size">The payload's size in bytes; 0 where there is none.</param>
/// <param name="Access">What can be done with it.</param>
/// <param name="Summary">What it is, for a person.</param>
public sealed record DeviceAttr(
    RequestScope Scope,
    uint? DeviceType,
    Arch Architectures,
    uint Group,
    IReadOnlyList<string> GroupNames,
    ulong Attr,
    IReadOnlyList<string> AttrNames,
    DeviceAttrPayload Payload,
    int Size,
    DeviceAttrAccess Access,
    string Summary)
{
    /// <summary>The group's name.</summary>
    public string GroupName => GroupNames[0];

    /// <summary>The attribute's name.</summary>
    public string AttrName => AttrNames[0];
}

/// <summary>What can be done with an attribute.</summary>
[Flags]
public enum DeviceAttrAccess
{
    /// <summary>It can only be tested for.</summary>
    None = 0,

    /// <summary>KVM_GET_DEVICE_ATTR reads it.</summary>
    Get = 1,

    /// <summary>KVM_SET_DEVICE_ATTR writes it.</summary>
    Set = 2,
}

/// <summary>How an attribute's payload is to be read.</summary>
public enum DeviceAttrPayload
{
    /// <summary>There is none: setting the attribute is a command.</summary>
    None,

    /// <summary>An unsigned integer.</summary>
    Unsigned,

    /// <summary>A signed integer.</summary>
    Signed,

    /// <summary>A file descriptor, a signed integer of 4 bytes.</summary>
    Descriptor,

    /// <summary>Bytes.</summary>
    Bytes,
}
