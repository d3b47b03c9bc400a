using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>Files of /proc, which can be gone or closed to us at any moment.</summary>
internal static class ProcFile
{
    /// <summary>What a file says; null where it cannot be read, which is noted.</summary>
    public static string? Read(string path, List<string> missing)
    {
        try
        {
            FileCall.Check("read", path);
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            missing.Add($"{path}: {exception.Message}");
            return null;
        }
    }

    /// <summary>The first line of a file that begins so; null where there is none, or where the file cannot be read.</summary>
    public static string? FindLine(string path, string start) =>
        Array.Find(Read(path, [])?.Split('\n') ?? [], line => line.StartsWith(start, StringComparison.Ordinal));
}
