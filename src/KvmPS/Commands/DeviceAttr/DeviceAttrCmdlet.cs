using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>What the attribute cmdlets share: an object, a group and an attribute.</summary>
public abstract class DeviceAttrCmdlet : KvmCmdlet
{
    private AttrSelector? selector;

    /// <summary>A device, VM, vCPU or host.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public KvmObject InputObject { get; set; } = null!;

    /// <summary>The name given to -Group; null where there is none.</summary>
    private protected abstract object? GroupArgument { get; }

    /// <summary>The name given to -Attr; null where there is none.</summary>
    private protected abstract object? AttrArgument { get; }

    /// <summary>What -Group and -Attr mean.</summary>
    private protected AttrSelector Selector => selector ??= new AttrSelector(GroupArgument, AttrArgument);
}
