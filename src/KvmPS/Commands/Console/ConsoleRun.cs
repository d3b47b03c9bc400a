using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using KvmPS.Commands.Vcpu;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Console;

/// <summary>
/// The vCPUs of a VM, each on a thread of its own. The UART is answered there; every other exit is posted to the pipeline's
/// thread, and its vCPU waits until that has released it.
/// </summary>
internal sealed class ConsoleRun : IDisposable
{
    private readonly VcpuRunner runner;
    private readonly List<KvmRun> runs = [];
    private readonly List<Thread> threads = [];
    private readonly ConcurrentQueue<PostedExit> posted = new();
    private readonly ConcurrentQueue<KvmException> failures = new();
    private readonly AutoResetEvent news = new(initialState: false);
    private readonly CancellationTokenSource closing = new();
    private volatile bool isEnding;
    private int left;

    /// <exception cref="KvmException">One of them cannot be run; then none is.</exception>
    public ConsoleRun(KvmUart uart, IReadOnlyList<KvmVcpu> vcpus, VcpuRunner runner)
    {
        Uart = uart;
        this.runner = runner;
        try
        {
            foreach (KvmVcpu vcpu in vcpus)
                runs.Add(vcpu.BeginRun());
        }
        catch
        {
            Dispose();
            throw;
        }
        left = runs.Count;
    }

    public KvmUart Uart { get; }

    /// <summary>Whether no vCPU runs any more; what it wrote and posted before is there by then.</summary>
    public bool IsOver => Volatile.Read(ref left) == 0;

    public IEnumerable<KvmException> Failures => failures;

    public void Start(CancellationToken stop)
    {
        Uart.BeginRead(() => news.Set());
        foreach (KvmRun run in runs)
        {
            var thread = new Thread(() => Run(run, stop)) { IsBackground = true, Name = $"Console of {Uart.Vm}" };
            threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>Waits until something is written, posted or over, or for that long.</summary>
    public void Wait(TimeSpan patience) => news.WaitOne(patience);

    public bool TryTake([NotNullWhen(true)] out PostedExit? exit) => posted.TryDequeue(out exit);

    public void Dispose()
    {
        isEnding = true;
        closing.Cancel();
        Uart.EndRead();
        StopAll();
        foreach (Thread thread in threads)
            thread.Join();
        foreach (KvmRun run in runs)
            run.Dispose();
        closing.Dispose();
        news.Dispose();
    }

    private void Run(KvmRun run, CancellationToken stop)
    {
        try
        {
            runner.Run(run, Post, stop, Uart);
        }
        catch (KvmException exception)
        {
            failures.Enqueue(exception);
            EndAll();
        }
        Interlocked.Decrement(ref left);
        news.Set();
    }

    private void Post(KvmExit exit)
    {
        // Those that are stopped by us have nothing to tell.
        if (isEnding)
            return;
        using var released = new ManualResetEventSlim();
        posted.Enqueue(new PostedExit(exit, released));
        news.Set();
        try
        {
            released.Wait(closing.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        // Where one cannot go on, the machine is off.
        if (exit.Reason is ExitReason.Shutdown or ExitReason.SystemEvent or ExitReason.FailEntry or ExitReason.InternalError)
            EndAll();
    }

    private void EndAll()
    {
        isEnding = true;
        StopAll();
    }

    private void StopAll()
    {
        foreach (KvmRun run in runs)
            run.Stop();
    }
}

/// <summary>An exit that a vCPU waits with.</summary>
internal sealed record PostedExit(KvmExit Exit, ManualResetEventSlim Released)
{
    public void Release() => Released.Set();
}
