using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Lets a test make a system call fail, or be late. Unused it costs a look at a field.</summary>
internal sealed class FaultPlan
{
    private static volatile FaultPlan? current;

    private readonly Lock gate = new();
    private readonly int? thread;
    private readonly List<string> calls = [];
    private readonly int nth;
    private readonly Errno errno;
    private readonly int delay;

    private FaultPlan(int nth, Errno errno, int delay, bool everyThread)
    {
        this.nth = nth;
        this.errno = errno;
        this.delay = delay;
        thread = everyThread ? null : Environment.CurrentManagedThreadId;
    }

    /// <summary>From now on system calls are noted, and one of them fails.</summary>
    /// <param name="nth">The number, from 1, of the call that fails; 0 for none.</param>
    /// <param name="errno">What it answers; 0 lets it be answered by the kernel, after the delay.</param>
    /// <param name="delay">Milliseconds before the answer.</param>
    /// <param name="everyThread">Whether the calls of all threads count, or those of the caller's only.</param>
    public static void Begin(int nth, int errno, int delay, bool everyThread) =>
        current = new FaultPlan(nth, (Errno)errno, delay, everyThread);

    /// <summary>Ends the plan.</summary>
    /// <returns>The calls that were made: an ioctl by its name, another one by its own.</returns>
    public static string[] End()
    {
        FaultPlan? plan = current;
        current = null;
        if (plan is null)
            return [];
        lock (plan.gate)
            return [.. plan.calls];
    }

    /// <summary>Asked before each system call: whether it shall fail without being made.</summary>
    public static bool Fails(string call, out Errno errno)
    {
        errno = 0;
        return current is { } plan && plan.FailsNow(call, out errno);
    }

    private bool FailsNow(string call, out Errno answer)
    {
        answer = 0;
        if (thread is { } only && Environment.CurrentManagedThreadId != only)
            return false;
        lock (gate)
        {
            calls.Add(call);
            if (calls.Count != nth)
                return false;
        }
        if (delay > 0)
            Thread.Sleep(delay);
        answer = errno;
        return errno != 0;
    }
}
