namespace KvmPS.Native;

/// <summary>What is mounted where (proc(5), /proc/PID/mountinfo).</summary>
internal static class Mounts
{
    private const int MountPoint = 4;

    /// <summary>Where file systems of a type are mounted.</summary>
    public static IEnumerable<string> Of(string type) => Read(type).Select(mount => mount.Point);

    /// <summary>Whether processes of other users are hidden from us (proc(5), hidepid).</summary>
    public static bool HideProcesses => Read("proc").Any(mount => mount.Point == "/proc" && mount.Options.Any(option =>
        option.StartsWith("hidepid=", StringComparison.Ordinal) && option is not ("hidepid=0" or "hidepid=off")));

    private static IEnumerable<(string Point, string[] Options)> Read(string type)
    {
        foreach (string line in ProcFile.Read("/proc/self/mountinfo", [])?.Split('\n') ?? [])
        {
            string[] words = line.Split(' ');
            int separator = Array.IndexOf(words, "-");
            if (separator >= 0 && words[separator + 1] == type)
                yield return (words[MountPoint].Replace(@"\040", " ", StringComparison.Ordinal), words[^1].Split(','));
        }
    }
}
