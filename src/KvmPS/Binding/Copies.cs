using System.Management.Automation;

namespace KvmPS.Binding;

/// <summary>Arguments that may be copies of another process's objects, which have properties and a text but no object inside.</summary>
internal static class Copies
{
    /// <summary>What was given, out of its wrapping; a copy as it is.</summary>
    public static object Unwrap(object argument) =>
        argument is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : argument;

    /// <summary>An argument and its type, for an error: a copy's type is called Deserialized.</summary>
    public static string Describe(object argument) =>
        argument is PSObject copy ? $"{copy} ({copy.TypeNames[0]})" : $"'{argument}' ({argument.GetType().Name})";
}
