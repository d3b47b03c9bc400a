using System.Globalization;
using System.Management.Automation.Host;

namespace KvmPS.Host;

/// <summary>What the engine knows of the program around it.</summary>
/// <param name="nonInteractive">Whether there is nobody to ask.</param>
/// <param name="runNested">Runs a shell within a running command until what it is given is true.</param>
internal sealed class EmbeddedHost(bool nonInteractive, Action<Func<bool>> runNested) : PSHost
{
    private int nesting;

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

    public override void EnterNestedPrompt()
    {
        if (nonInteractive || Console.IsInputRedirected)
            throw new HostException("There is nobody to give a prompt to.");
        int level = ++nesting;
        runNested(() => nesting < level);
    }

    public override void ExitNestedPrompt() => nesting--;

    public override void NotifyBeginApplication() => EmbeddedUI.EndProgress();

    public override void NotifyEndApplication()
    {
    }
}
