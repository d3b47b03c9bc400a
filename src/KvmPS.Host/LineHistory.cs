namespace KvmPS.Host;

/// <summary>The lines of earlier sessions, in a file that only its owner can read.</summary>
internal sealed class LineHistory
{
    private const int Kept = 1000;

    private readonly string? path = FindPath();

    public IEnumerable<string> Lines
    {
        get
        {
            try
            {
                return path is not null && File.Exists(path) ? File.ReadAllLines(path).TakeLast(Kept) : [];
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }

    public void Add(string line)
    {
        if (path is null)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            using var writer = new StreamWriter(file);
            writer.WriteLine(line.ReplaceLineEndings(" "));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A shell without a history file is still a shell.
        }
    }

    private static string? FindPath()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state) && Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
            state = Path.Combine(home, ".local", "state");
        return string.IsNullOrEmpty(state) ? null : Path.Combine(state, "kvmps", "history");
    }
}
