using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>Threads that do not keep the process from ending.</summary>
internal static class WorkerThread
{
    /// <summary>Begins a thread; false with EAGAIN where the kernel does not give one.</summary>
    public static bool TryStart(string name, ThreadStart work, out Errno errno)
    {
        if (FaultPlan.Fails("pthread_create", out errno))
            return false;
        try
        {
            new Thread(work) { IsBackground = true, Name = name }.Start();
            return true;
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // pthread_create(3) has said EAGAIN or ENOMEM; .NET does not tell which.
            errno = Errno.EAGAIN;
            return false;
        }
    }
}
