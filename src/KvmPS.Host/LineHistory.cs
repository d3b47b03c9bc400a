using System.Text;

namespace KvmPS.Host;

/// <summary>The statements of this session and of earlier ones, in a file that only its owner can read.</summary>
internal sealed class LineHistory
{
    private const int Kept = 1000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string? path = FindPath();
    private readonly List<string> statements = [];

    public LineHistory()
    {
        TryFile(file =>
        {
            if (!File.Exists(file))
                return;
            string[] lines = File.ReadAllLines(file);
            if (lines.Length > 2 * Kept)
                File.WriteAllLines(file, lines = lines[^Kept..]);
            statements.AddRange(Join(lines));
        });
    }

    public IReadOnlyList<string> Statements => statements;

    public void Add(string statement)
    {
        if (statements.Count > 0 && statements[^1] == statement)
            return;
        statements.Add(statement);
        TryFile(file =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!, OwnerOnly | UnixFileMode.UserExecute);
            using var stream = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            });
            // As in PSReadLine's file a backtick ends every line of a statement but its last.
            stream.Write(Encoding.UTF8.GetBytes(statement.Replace("\n", "`\n", StringComparison.Ordinal) + "\n"));
        });
    }

    private static IEnumerable<string> Join(string[] lines)
    {
        var statement = new StringBuilder();
        foreach (string line in lines)
        {
            if (line.EndsWith('`'))
            {
                statement.Append(line, 0, line.Length - 1).Append('\n');
                continue;
            }
            yield return statement.Append(line).ToString();
            statement.Clear();
        }
    }

    // A shell without a history file is still a shell.
    private void TryFile(Action<string> use)
    {
        try
        {
            if (path is not null)
                use(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string? FindPath()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (!Path.IsPathRooted(state))
        {
            string? home = Environment.GetEnvironmentVariable("HOME");
            state = string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".local", "state");
        }
        return state is null ? null : Path.Combine(state, "kvmps", "history");
    }
}
