using System.Management.Automation;
using System.Management.Automation.Host;

namespace KvmPS.Host;

/// <summary>Output and progress at a terminal or in a file.</summary>
internal sealed partial class EmbeddedUI : PSHostUserInterface
{
    private const int ProgressInterval = 100;

    private readonly bool nonInteractive;
    private long lastProgress;
    private bool progressShown;
    private bool toError;

    public EmbeddedUI(bool nonInteractive)
    {
        this.nonInteractive = nonInteractive;
        bool plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") is "dumb";
        if (plain)
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        SupportsVirtualTerminal = !plain && !Console.IsOutputRedirected;
    }

    public override PSHostRawUserInterface RawUI { get; } = new EmbeddedRawUI();

    public override bool SupportsVirtualTerminal { get; }

    /// <summary>Sends to the error stream what is shown meanwhile.</summary>
    /// <remarks>The mark by which an error record goes there on its own is not public.</remarks>
    public void WriteToError(Action show)
    {
        toError = true;
        try
        {
            show();
        }
        finally
        {
            toError = false;
        }
    }

    public override void Write(string value)
    {
        EndProgress();
        if (toError)
            Console.Error.Write(GetOutputString(value, !Console.IsErrorRedirected));
        else
            Console.Out.Write(GetOutputString(value, SupportsVirtualTerminal));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        string color = foregroundColor == EmbeddedRawUI.DefaultColor
            ? ""
            : PSStyle.MapForegroundColorToEscapeSequence(foregroundColor);
        if (backgroundColor != EmbeddedRawUI.DefaultColor)
            color += PSStyle.MapBackgroundColorToEscapeSequence(backgroundColor);
        Write(color.Length == 0 ? value : color + value + PSStyle.Instance.Reset);
    }

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        EndProgress();
        Console.Error.WriteLine(GetOutputString(value, !Console.IsErrorRedirected));
    }

    public override void WriteDebugLine(string message) => WriteStyled(FormatStyle.Debug, $"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteStyled(FormatStyle.Verbose, $"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteStyled(FormatStyle.Warning, $"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (!SupportsVirtualTerminal || nonInteractive)
            return;
        if (record.RecordType == ProgressRecordType.Completed)
        {
            EndProgress();
            return;
        }
        if (Environment.TickCount64 - lastProgress < ProgressInterval)
            return;
        lastProgress = Environment.TickCount64;
        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete} %" : "";
        string text = $"{record.Activity}: {record.StatusDescription}{percent}";
        int width = Math.Max(20, RawUI.BufferSize.Width - 1);
        Console.Out.Write($"\r\x1b[K{(text.Length > width ? text[..width] : text)}");
        progressShown = true;
    }

    /// <summary>Takes the progress line away.</summary>
    public void EndProgress()
    {
        if (!progressShown)
            return;
        progressShown = false;
        Console.Out.Write("\r\x1b[K");
    }

    private void WriteStyled(FormatStyle style, string text) =>
        WriteLine(SupportsVirtualTerminal ? GetFormatStyleString(style) + text + PSStyle.Instance.Reset : text);
}
