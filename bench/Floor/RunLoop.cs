using System.Diagnostics;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Floor;

/// <summary>The loop of a VMM that is written in C#.</summary>
public static class RunLoop
{
    /// <summary>Runs a guest for a number of exits.</summary>
    /// <returns>Nanoseconds and allocated bytes per exit.</returns>
    public static (double Nanoseconds, double Bytes) Measure(KvmVcpu vcpu, int count)
    {
        ArgumentNullException.ThrowIfNull(vcpu);
        int left = count;
        KvmExitHandler handler = exit => exit.Reason == ExitReason.Io && --left > 0;
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long begun = Stopwatch.GetTimestamp();
        vcpu.Run(handler);
        TimeSpan took = Stopwatch.GetElapsedTime(begun);
        return (took.TotalNanoseconds / count, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count);
    }
}
