using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>RLIMIT_FSIZE (setrlimit(2)): SIGXFSZ, which a write beyond it gets besides EFBIG, ends a process that does not expect it.</summary>
internal static class FileSizeLimit
{
    // Never disposed: without it the signal would end the process.
    private static readonly PosixSignalRegistration Registration = PosixSignalRegistration.Create(
        (PosixSignal)NativeConvert.FromSignum(Signum.SIGXFSZ), static context => context.Cancel = true);

    /// <summary>From now on the limit is an errno only.</summary>
    public static void IsAnErrno() => GC.KeepAlive(Registration);
}
