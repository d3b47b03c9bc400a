using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Binding;

/// <summary>The attributes that a command line under completion can mean.</summary>
internal static class AttrCandidates
{
    /// <summary>The attributes of -InputObject, where its value is at hand; else all that are known.</summary>
    public static IEnumerable<DeviceAttr> Of(CommandAst command, IDictionary bound)
    {
        if (bound["Type"] is { } type && LanguagePrimitives.TryConvertTo(type, out DeviceTypeArgument[] types))
            return DeviceAttrCatalog.All.Where(row => types.Any(wanted => wanted.Number == row.DeviceType?.Number));
        object? given = bound["InputObject"] ?? Piped(command);
        object? target = given is PSObject wrapped ? wrapped.BaseObject : given;
        return target is KvmObject known ? known.GetKnownAttrs() : DeviceAttrCatalog.All;
    }

    /// <summary>Who has the attribute, for a person.</summary>
    public static string Owner(DeviceAttr row) =>
        row.DeviceType is { } type ? $"{type.Name} devices" : $"{row.Scope} objects on {row.Architecture}";

    // `$device | Get-KvmDeviceAttr <tab>`: a variable that is piped is read, nothing is run.
    private static object? Piped(CommandAst command) =>
        command.Parent is PipelineAst { PipelineElements: [CommandExpressionAst { Expression: VariableExpressionAst variable }, ..] }
            && Runspaces.Variable(variable.VariablePath.UserPath) is { } value
            ? value
            : null;
}
