namespace KvmPS.Native.Abi;

/// <summary>What is known of one attribute, or of one register file: a row of device-attrs.tsv.</summary>
public sealed record DeviceAttr
{
    /// <summary>The kind of object that has it.</summary>
    public required RequestScope Scope { get; init; }

    /// <summary>The device type; null for attributes of the system, a VM or a vCPU.</summary>
    public DeviceType? DeviceType { get; init; }

    /// <summary>The architectures whose kernels have it.</summary>
    public required Arch Architecture { get; init; }

    /// <summary>The group's number; null where a device type has no attributes.</summary>
    public uint? Group { get; init; }

    /// <summary>The group's names, the present one first.</summary>
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    /// <summary>The attribute's number in the group; null where <see cref="Fields"/> make it up.</summary>
    public ulong? Attr { get; init; }

    /// <summary>The attribute's names, the present one first; empty where the kernel gave it none.</summary>
    public IReadOnlyList<string> AttrNames { get; init; } = [];

    /// <summary>The bit-fields that the attribute's number is made of; empty where it is one number.</summary>
    public IReadOnlyList<BitField> Fields { get; init; } = [];

    /// <summary>What the payload is.</summary>
    public required AttrPayload Payload { get; init; }

    /// <summary>Whether the attribute's number is the payload's size in bytes.</summary>
    public bool SizeIsAttr { get; init; }

    /// <summary>What can be done with it.</summary>
    public DeviceAttrAccess Access { get; init; }

    /// <summary>Whether KVM_HAS_DEVICE_ATTR knows of it. Some kinds of devices have no answer to that.</summary>
    public bool CanTest { get; init; }

    /// <summary>The oldest of Linux 6.1, 6.12 and 7.2 whose header has its name.</summary>
    public required Version Since { get; init; }

    /// <summary>When it is restored, and with which fields; empty where it is not part of the state of an object.</summary>
    public IReadOnlyList<AttrState> State { get; init; } = [];

    /// <summary>What it is, for a person, with the kernel document in Documentation/virt/kvm.</summary>
    public required string Summary { get; init; }

    /// <summary>The group's name; null where a device type has no attributes.</summary>
    public string? GroupName => GroupNames.Count > 0 ? GroupNames[0] : null;

    /// <summary>The attribute's name; null where the kernel gave it none.</summary>
    public string? AttrName => AttrNames.Count > 0 ? AttrNames[0] : null;

    /// <summary>The payload's size in bytes; null where the attribute's number or the caller says it.</summary>
    public int? Size => Payload.Size;

    /// <summary>The payload's size in bytes of one attribute of this row; null where only the caller can say it.</summary>
    /// <param name="attr">The attribute's number.</param>
    public int? SizeOf(ulong attr) => SizeIsAttr ? (int)Math.Min(attr, int.MaxValue) : Payload.Size;

    /// <summary>Whether a number in the group is this attribute, or one of this register file.</summary>
    public bool Covers(uint group, ulong attr) => Group == group && (Attr == attr || (Attr is null && Fields.Count > 0));

    /// <inheritdoc/>
    public override string ToString() => AttrName is { } name ? $"{GroupName}/{name}"
        : Fields.Count > 0 ? $"{GroupName}/{{{string.Join(' ', Fields)}}}"
        : GroupName ?? "(none)";
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
