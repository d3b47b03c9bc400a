using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace KvmPS.Host;

/// <content>Questions.</content>
internal sealed partial class EmbeddedUI
{
    public override string ReadLine() => Read(echo: true);

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        foreach (char part in Read(echo: false))
            secret.AppendChar(part);
        secret.MakeReadOnly();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write($"{field.Name}: ");
            answers[field.Name] = field.ParameterTypeFullName == typeof(SecureString).FullName
                ? PSObject.AsPSObject(ReadLineAsSecureString())
                : PSObject.AsPSObject(ReadLine());
        }
        return answers;
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteHeading(caption, message);
        string[] keys = [.. choices.Select(Key)];
        string[] names = [.. choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal))];
        string question = string.Join("  ", keys.Zip(names, (key, name) => $"[{key}] {name}")) + "  [?] Help";
        if (defaultChoice >= 0)
            question += $" (default is \"{keys[defaultChoice]}\")";
        while (true)
        {
            Write($"{question}: ");
            string answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            int chosen = Array.FindIndex(keys, key => key.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (chosen < 0)
                chosen = Array.FindIndex(names, name => name.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
                return chosen;
            if (answer == "?")
            {
                foreach ((ChoiceDescription choice, string key) in choices.Zip(keys))
                    WriteLine($"{key} - {choice.HelpMessage}");
            }
        }
    }

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName)
    {
        WriteHeading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }
        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

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

    private void WriteHeading(params string?[] lines)
    {
        foreach (string? line in lines)
        {
            if (!string.IsNullOrEmpty(line))
                WriteLine(line);
        }
    }

    // An end of input is no answer: least of all the default one.
    private string Read(bool echo)
    {
        if (nonInteractive)
            throw new HostException("There is nobody to ask: this shell was started with -NonInteractive.");
        EndProgress();
        string? line = Console.IsInputRedirected ? Console.In.ReadLine() : TerminalInput.ReadLine(echo);
        return line ?? throw new HostException("There is nobody to ask: standard input has ended.");
    }
}
