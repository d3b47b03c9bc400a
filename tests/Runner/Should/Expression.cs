using System.Management.Automation;

namespace KvmPS.TestRunner.Should;

/// <summary>An expression of the PowerShell language over $Actual and $Expected.</summary>
internal sealed class Expression(string text)
{
    public static readonly Expression AreEqual = new("$Expected -eq $Actual");
    public static readonly Expression AreExactlyEqual = new("$Expected -ceq $Actual");
    public static readonly Expression IsType = new("$Actual -is $Expected");

    // Without the try, an impossible comparison would be reported as an error, and then count as false.
    private readonly ScriptBlock block =
        ScriptBlock.Create($"param($Actual, $Expected) try {{ [bool]({text}) }} catch {{ throw }}");

    public bool IsTrue(object? actual, object? expected) =>
        LanguagePrimitives.IsTrue(block.InvokeReturnAsIs(actual, expected));
}
