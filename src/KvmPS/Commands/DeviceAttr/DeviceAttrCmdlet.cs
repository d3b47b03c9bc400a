using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Native;

namespace KvmPS.Commands.DeviceAttr;

/// <summary>What the attribute cmdlets share: an object, a group and an attribute.</summary>
public abstract class DeviceAttrCmdlet : KvmCmdlet
{
    /// <summary>A device, VM, vCPU or host.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public virtual KvmObject InputObject { get; set; } = null!;

    /// <summary>What -Group and -Attr mean.</summary>
    private protected AttrSelector Selector => field ??= new AttrSelector(ErrorWriter);
}
