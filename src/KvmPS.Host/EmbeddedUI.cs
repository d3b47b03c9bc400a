using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text.RegularExpressions;

namespace KvmPS.Host;

/// <summary>Output, prompts and progress at a terminal or in a file.</summary>
internal sealed partial class EmbeddedUI(bool nonInteractive) : PSHostUserInterface
{
    private static readonly bool Plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };

    private long lastProgress;
    private bool progressShown;

    public override PSHostRawUserInterface RawUI { get; } = new EmbeddedRawUI();

    public override bool SupportsVirtualTerminal => !Plain && !Console.IsOutputRedirected;

    public override void Write(string value) => Put(Console.Out, Console.IsOutputRedirected, value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value) =>
        Put(Console.Error, Console.IsErrorRedirected, value + Environment.NewLine);

    public override void WriteDebugLine(string message) => WriteLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => WriteLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => WriteLine($"WARNING: {message}");

    public override void WriteInformation(InformationRecord record)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (Console.IsErrorRedirected || nonInteractive)
            return;
        if (record.RecordType == ProgressRecordType.Completed)
        {
            EndProgress();
            return;
        }
        if (Environment.TickCount64 - lastProgress < 100)
            return;
        lastProgress = Environment.TickCount64;
        string percent = record.PercentComplete >= 0 ? $" {record.PercentComplete} %" : "";
        string text = $"{record.Activity}: {record.StatusDescription}{percent}";
        int width = Math.Max(20, RawUI.BufferSize.Width - 1);
        Console.Error.Write($"\r\x1b[K{(text.Length > width ? text[..width] : text)}");
        progressShown = true;
    }

    /// <summary>Takes the progress line away.</summary>
    public void EndProgress()
    {
        if (!progressShown)
            return;
        Console.Error.Write("\r\x1b[K");
        progressShown = false;
    }

    public override string ReadLine()
    {
        if (nonInteractive)
            throw new HostException("There is nobody to ask: this shell was started with -NonInteractive.");
        EndProgress();
        return Console.In.ReadLine() ?? throw new HostException("There is nobody to ask: standard input has ended.");
    }

    public override SecureString ReadLineAsSecureString() =>
        throw new HostException("This host does not read secrets.");

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        if (caption is { Length: > 0 })
            WriteLine(caption);
        if (message is { Length: > 0 })
            WriteLine(message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }
        return answers;
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        if (caption is { Length: > 0 })
            WriteLine(caption);
        if (message is { Length: > 0 })
            WriteLine(message);
        while (true)
        {
            string[] keys = [.. choices.Select(Key)];
            Write(string.Join("  ", choices.Select((choice, i) => $"[{keys[i]}] {choice.Label.Replace("&", "", StringComparison.Ordinal)}")));
            Write(defaultChoice >= 0 ? $"  [?] Help (default is \"{keys[defaultChoice]}\"): " : "  [?] Help: ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            if (answer == "?")
            {
                foreach ((ChoiceDescription choice, string key) in choices.Zip(keys))
                    WriteLine($"{key} - {choice.HelpMessage}");
                continue;
            }
            int chosen = choices.ToList().FindIndex(choice =>
                Key(choice).Equals(answer, StringComparison.OrdinalIgnoreCase)
                || choice.Label.Replace("&", "", StringComparison.Ordinal).Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
                return chosen;
        }
    }

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) =>
        throw new HostException("This host does not read secrets.");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName,
        PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        PromptForCredential(caption, message, userName, targetName);

    private static string Key(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label.Substring(mark + 1, 1).ToUpper(CultureInfo.CurrentCulture)
            : choice.Label;
    }

    private void Put(TextWriter writer, bool redirected, string value)
    {
        EndProgress();
        writer.Write(redirected || Plain ? ControlSequence().Replace(value, "") : value);
    }

    [GeneratedRegex(@"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\))")]
    private static partial Regex ControlSequence();
}
