using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Where native code comes from: the libc that the process has, and the helper of Mono.Posix that we ship.</summary>
/// <remarks>
/// Left to itself the runtime looks for both in the program's folder, in LD_LIBRARY_PATH and among the system's libraries,
/// where another version of the helper may be, before it looks in ours.
/// </remarks>
internal static class NativeLibraries
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It has to be done before the first call into either library.")]
    internal static void Initialize()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(Syscall).Assembly, Resolve);
        }
        catch (InvalidOperationException)
        {
            // Somebody else, who has loaded the same assembly, has decided where its helper is.
        }
    }

    // 0: what is not ours to find is found as ever. A NuGet package has its helper elsewhere, and the runtime knows where.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) =>
        name == "libc" ? NativeLibrary.GetMainProgramHandle()
        : name.Contains("MonoPosixHelper", StringComparison.Ordinal) && Helper is { } path && NativeLibrary.TryLoad(path, out nint helper) ? helper
        : 0;

    // A program of a single file has no folder of ours: a path without one would be looked for where the user happens to be.
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The empty path is what is asked for.")]
    private static string? Helper => Path.GetDirectoryName(typeof(NativeLibraries).Assembly.Location) is { Length: > 0 } folder
        ? Path.Combine(folder, RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "linux-x64" : "linux-arm64", "MonoPosixHelper.so")
        : null;
}
