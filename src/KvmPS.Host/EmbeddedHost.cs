using System.Globalization;
using System.Management.Automation.Host;

namespace KvmPS.Host;

/// <summary>What the engine knows of the program around it.</summary>
internal sealed class EmbeddedHost(bool nonInteractive) : PSHost
{
    public EmbeddedUI EmbeddedUI { get; } = new(nonInteractive);

    /// <summary>What `exit` was given; null as long as nobody called it.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "KvmPS.Host";

    public override Version Version { get; } = typeof(EmbeddedHost).Assembly.GetName().Version!;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => EmbeddedUI;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompts.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompts.");

    public override void NotifyBeginApplication() => EmbeddedUI.EndProgress();

    public override void NotifyEndApplication()
    {
    }
}
