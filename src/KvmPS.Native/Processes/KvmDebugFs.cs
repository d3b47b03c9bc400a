namespace KvmPS.Native;

/// <summary>KVM's folder in debugfs, which has one folder for each VM of the host.</summary>
internal static class KvmDebugFs
{
    /// <summary>The folder of a VM; null where debugfs is not mounted or cannot be read by us.</summary>
    public static string? VmFolder(int processId, int vmFd) =>
        Folder is { } folder && Path.Combine(folder, $"{processId}-{vmFd}") is var path && Directory.Exists(path) ? path : null;

    /// <summary>A number of a file there; null where there is none.</summary>
    public static ulong? ReadNumber(string path)
    {
        try
        {
            return ulong.TryParse(File.ReadAllText(path).AsSpan().Trim(), out ulong value) ? value : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Folder => Mounts.Of("debugfs").Select(point => Path.Combine(point, "kvm")).FirstOrDefault(Directory.Exists);
}
