namespace KvmPS.Native;

/// <summary>A parameter of KVM's modules, as it was at one moment.</summary>
/// <param name="Module">The module: kvm, kvm_intel, kvm_amd …</param>
/// <param name="Name">The parameter.</param>
/// <param name="Value">Its value as the kernel shows it; null where this user may not read it.</param>
/// <param name="Writable">Whether the kernel lets root change it while the module is loaded.</param>
/// <remarks>Source: /sys/module/MODULE/parameters (Documentation/admin-guide/kernel-parameters.rst).</remarks>
public sealed record KvmModuleParameter(string Module, string Name, string? Value, bool Writable)
{
    private const string Modules = "/sys/module";

    /// <summary>The modules of KVM's that are loaded or part of the kernel: kvm first, then those that run the guests.</summary>
    /// <remarks>One that is part of the kernel and has no parameters is not told of.</remarks>
    public static IReadOnlyList<string> FindModules() =>
        Directory.Exists(Modules)
            ? [.. Directory.EnumerateDirectories(Modules, "kvm*").Select(path => Path.GetFileName(path)).Where(name => name == "kvm" || name.StartsWith("kvm_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];

    /// <summary>All parameters of KVM's modules, by module and name.</summary>
    public static IReadOnlyList<KvmModuleParameter> ReadAll() => [.. FindModules().SelectMany(Read)];

    /// <summary>The parameters of a module; none where it is not loaded.</summary>
    /// <param name="module">Its name, with _ and not -.</param>
    public static IReadOnlyList<KvmModuleParameter> Read(string module)
    {
        try
        {
            return
            [
                .. Directory.GetFiles(Path.Combine(Modules, module, "parameters")).Order(StringComparer.Ordinal)
                    .Select(path => new KvmModuleParameter(module, Path.GetFileName(path), ProcFile.Read(path, [])?.Trim(), IsWritable(path))),
            ];
        }
        // It can be unloaded at any moment.
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether a module can be loaded and unloaded; false where it is part of the kernel.</summary>
    /// <param name="module">Its name, with _ and not -.</param>
    public static bool IsLoadable(string module) => File.Exists(Path.Combine(Modules, module, "initstate"));

    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}={Value}";

    private static bool IsWritable(string path) => File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserWrite);
}
