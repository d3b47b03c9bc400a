using System.IO.Compression;
using Mono.Unix.Native;

namespace KvmPS.Commands.Host;

/// <summary>How the running kernel was built, as far as it tells.</summary>
internal static class KernelBuild
{
    private static readonly Lazy<HashSet<string>?> Lines = new(ReadConfig);

    /// <summary>The kernel's release, as uname -r.</summary>
    public static string Release { get; } = Syscall.uname(out Utsname kernel) == 0 ? kernel.release : "";

    /// <summary>Whether the kernel has an option, as a module or built in; null where it does not tell.</summary>
    public static bool? Has(string option) => Lines.Value is { } lines ? lines.Contains(option + "=y") || lines.Contains(option + "=m") : null;

    /// <summary>Whether the folder of this kernel's modules has a module.</summary>
    /// <param name="module">Its name, with _; its file may have - instead.</param>
    public static bool HasModuleFile(string module)
    {
        string folder = $"/lib/modules/{Release}/kernel";
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"{module.Replace('_', '?')}.ko*", SearchOption.AllDirectories).Any();
    }

    private static HashSet<string>? ReadConfig()
    {
        try
        {
            if (!File.Exists("/proc/config.gz"))
                return [.. File.ReadLines($"/boot/config-{Release}")];
            using var text = new StreamReader(new GZipStream(File.OpenRead("/proc/config.gz"), CompressionMode.Decompress));
            return [.. text.ReadToEnd().Split('\n')];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return null;
        }
    }
}
