using System.Management.Automation;
using System.Management.Automation.Runspaces;
using KvmPS.Commands.Vcpu;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS;

/// <summary>A vCPU that runs in the background; Receive-Job gets its exits.</summary>
/// <remarks>A port or MMIO read is answered with zeros: a guest that needs more is run by Invoke-KvmVcpu.</remarks>
public sealed class KvmVcpuJob : Job
{
    // A guest makes 100,000 exits in a second; one that nobody receives has to wait.
    private const int MaxWaiting = 10_000;

    private readonly KvmRun run;
    private readonly VcpuRunner runner;
    private readonly ManualResetEventSlim ended = new();
    private readonly Runspace home = Runspace.DefaultRunspace;
    private volatile bool stopped;
    private Thread? thread;

    internal KvmVcpuJob(KvmVcpu vcpu, string command, VcpuRunner runner)
        : base(command)
    {
        Vcpu = vcpu;
        run = vcpu.BeginRun();
        this.runner = runner;
        PSJobTypeName = "KvmVcpuJob";
    }

    /// <summary>The vCPU.</summary>
    public KvmVcpu Vcpu { get; }

    /// <inheritdoc/>
    public override bool HasMoreData => Output.Count > 0 || Error.Count > 0;

    /// <inheritdoc/>
    public override string Location => $"{Vcpu}";

    /// <inheritdoc/>
    public override string StatusMessage => "";

    /// <inheritdoc/>
    public override void StopJob()
    {
        stopped = true;
        run.Stop();
        // Whoever hears of the job's end may be on its thread.
        if (Thread.CurrentThread != thread)
            ended.Wait();
    }

    internal void Start()
    {
        SetJobState(JobState.Running);
        // Like PowerShell's own jobs it ends with its runspace: there nobody could find it any more.
        home.StateChanged += StopWithRunspace;
        try
        {
            run.StartThread(Run);
        }
        catch (KvmException)
        {
            home.StateChanged -= StopWithRunspace;
            SetJobState(JobState.Failed);
            ended.Set();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !ended.IsSet)
            StopJob();
        base.Dispose(disposing);
    }

    private void Run()
    {
        thread = Thread.CurrentThread;
        JobState state = JobState.Completed;
        try
        {
            using (run)
                runner.Run(run, Keep, CancellationToken.None);
        }
        catch (KvmException exception)
        {
            Error.Add(KvmErrorRecord.From(exception));
            state = JobState.Failed;
        }
        home.StateChanged -= StopWithRunspace;
        // Once it has ended it may be disposed of at any moment, and has no state then: so this comes first.
        SetJobState(stopped ? JobState.Stopped : state);
        ended.Set();
    }

    private void StopWithRunspace(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closing or RunspaceState.Closed or RunspaceState.Broken)
            StopJob();
    }

    private void Keep(KvmExit exit)
    {
        Output.Add(PSObject.AsPSObject(exit));
        while (Output.Count >= MaxWaiting && exit.Reason != ExitReason.Intr && !run.IsStopping)
            Thread.Sleep(1);
    }
}
