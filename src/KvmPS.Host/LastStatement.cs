namespace KvmPS.Host;

/// <summary>How the last statement of a command ended, which decides the exit code.</summary>
public static class LastStatement
{
    /// <summary>The value of $? behind it.</summary>
    public static bool Succeeded { get; set; }
}
