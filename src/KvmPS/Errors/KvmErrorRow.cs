using System.Management.Automation;

namespace KvmPS.Errors;

/// <summary>How one failure is told to a person.</summary>
/// <param name="Id">The stable part of FullyQualifiedErrorId.</param>
/// <param name="Category">PowerShell's category.</param>
/// <param name="Advice">What to do next.</param>
internal sealed record KvmErrorRow(string Id, ErrorCategory Category, string Advice);
