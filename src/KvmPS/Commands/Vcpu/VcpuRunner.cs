using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Vcpu;

/// <summary>Runs a vCPU until what was asked for has happened, exit by exit.</summary>
internal sealed record VcpuRunner(long MaxExit, ExitReason[] Until, TimeSpan Timeout)
{
    // After these there is no going on.
    private static readonly ExitReason[] AlwaysLast =
        [ExitReason.Intr, ExitReason.Shutdown, ExitReason.SystemEvent, ExitReason.FailEntry, ExitReason.InternalError];

    /// <summary>Enters the guest again whenever <paramref name="emit"/> has returned.</summary>
    public void Run(KvmRun run, Action<KvmExit> emit, CancellationToken stop, KvmUart? uart = null)
    {
        run.WaitsForInterruptWindow = Array.IndexOf(Until, ExitReason.IrqWindowOpen) >= 0;
        using var timer = new Timer(
            static run => ((KvmRun)run!).Stop(), run, Timeout, System.Threading.Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration stopping = stop.Register(static run => ((KvmRun)run!).Stop(), run);
        for (long left = MaxExit; left > 0; left--)
        {
            KvmExit exit = run.Next(uart);
            emit(exit);
            if (Array.IndexOf(Until, exit.Reason) >= 0 || Array.IndexOf(AlwaysLast, exit.Reason) >= 0)
                return;
        }
    }
}
