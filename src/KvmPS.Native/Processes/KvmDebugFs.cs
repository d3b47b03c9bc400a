using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>KVM's folder in debugfs, which has one folder for each VM of the host.</summary>
internal static class KvmDebugFs
{
    /// <summary>The folder of a VM; null where debugfs is not mounted or cannot be read by us.</summary>
    /// <remarks>It is called TID-FD, after the thread that made the VM; where that has ended, nobody knows whose it is.</remarks>
    public static string? VmFolder(int processId, int vmFd)
    {
        try
        {
            return Folder is { } folder
                ? Directory.EnumerateDirectories(folder, $"*-{vmFd}").FirstOrDefault(path =>
                    Directory.Exists($"/proc/{processId}/task/{Path.GetFileName(path).Split('-')[0]}"))
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The files of a VM's folder; none where the VM is gone.</summary>
    public static string[] Files(string folder)
    {
        try
        {
            FileCall.Check("getdents64", folder);
            return Directory.GetFiles(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A number of a file there; null where there is none.</summary>
    public static ulong? ReadNumber(string path) => ReadNumber(path, out _);

    /// <summary>A number of a file there; null where there is none, or where it may not be read.</summary>
    public static ulong? ReadNumber(string path, out bool isDenied)
    {
        isDenied = false;
        try
        {
            FileCall.Check("read", path);
            return ulong.TryParse(File.ReadAllText(path).AsSpan().Trim(), out ulong value) ? value : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            isDenied = exception is UnauthorizedAccessException;
            return null;
        }
    }

    private static string? Folder => Mounts.Of("debugfs").Select(point => Path.Combine(point, "kvm")).FirstOrDefault(Directory.Exists);
}
