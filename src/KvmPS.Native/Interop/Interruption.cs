using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Brings a thread out of a system call.</summary>
internal static partial class Interruption
{
    private static readonly int Signal = NativeConvert.FromSignum(Signum.SIGUSR1);

    // Never disposed: without it the signal would end the process.
    private static readonly PosixSignalRegistration Registration =
        PosixSignalRegistration.Create((PosixSignal)Signal, static context => context.Cancel = true);

    [ThreadStatic]
    private static int thread;

    /// <summary>The calling thread, as <see cref="Interrupt"/> takes it.</summary>
    public static int CurrentThread
    {
        get
        {
            if (thread == 0)
            {
                GC.KeepAlive(Registration);
                thread = GetThreadId();
            }
            return thread;
        }
    }

    /// <summary>Makes the system call that a thread is in answer EINTR.</summary>
    public static void Interrupt(int thread) => _ = ThreadGroupKill(Environment.ProcessId, thread, Signal);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThreadId();

    [LibraryImport("libc", EntryPoint = "tgkill")]
    private static partial int ThreadGroupKill(int process, int thread, int signal);
}
