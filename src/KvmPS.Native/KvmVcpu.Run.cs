using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>Is told of every exit; answers whether the guest shall be entered again.</summary>
/// <param name="exit">The exit; valid until the handler returns.</param>
public delegate bool KvmExitHandler(scoped KvmExitFrame exit);

/// <content>Running the guest.</content>
public sealed partial class KvmVcpu
{
    private readonly Lock gate = new();
    private readonly ManualResetEventSlim idle = new(initialState: true);
    private Mapping? area;
    private KvmRun? run;
    private DirtyRing? dirtyRing;

    /// <inheritdoc/>
    public override KvmObjectState State =>
        base.State == KvmObjectState.Open && run is not null ? KvmObjectState.Running : base.State;

    /// <summary>The exit that the guest waits for an answer to; null where it waits for none.</summary>
    internal KvmExit? Pending { get; set; }

    /// <summary>The vCPU's dirty ring, in a VM that has such.</summary>
    internal DirtyRing DirtyRing
    {
        get
        {
            lock (gate)
                return dirtyRing ??= new DirtyRing(Descriptor, Vm.DirtyRingSize, this);
        }
    }

    /// <summary>How many exits there were.</summary>
    internal ulong Exits { get; set; }

    /// <summary>Takes the right to run the guest, which one caller at a time has.</summary>
    /// <returns>The run; nothing is entered before its <see cref="KvmRun.Next()"/>. Has to be disposed of.</returns>
    /// <exception cref="KvmVcpuRunningException">Somebody runs it already.</exception>
    public KvmRun BeginRun()
    {
        const string operation = nameof(Requests.KVM_RUN);
        lock (gate)
        {
            ThrowIfRemoved(operation);
            if (run is not null)
                throw new KvmVcpuRunningException(operation, this);
            area ??= Mapping.OfFile(Descriptor, offset: 0, (ulong)Vm.VcpuMapSize, writable: true, this);
            run = new KvmRun(this, area, Descriptor);
            idle.Reset();
            return run;
        }
    }

    /// <summary>Runs the guest, exit by exit, until the handler says no or <see cref="Stop"/> is called.</summary>
    /// <param name="handler">Is told of every exit. Nothing is allocated for one.</param>
    /// <returns>Why the guest stopped last; <see cref="ExitReason.Intr"/> after <see cref="Stop"/>.</returns>
    /// <exception cref="KvmException">KVM_RUN failed.</exception>
    /// <exception cref="KvmObjectRemovedException">The vCPU was removed while it ran.</exception>
    /// <exception cref="KvmVcpuRunningException">Somebody runs it already.</exception>
    /// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.10 KVM_RUN</seealso>
    public ExitReason Run(KvmExitHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        using KvmRun current = BeginRun();
        ExitReason reason;
        do
        {
            reason = current.Enter();
        }
        while (reason != ExitReason.Intr && handler(current.Frame(reason)));
        return reason;
    }

    /// <summary>Completes what the last exit left open (a port or MMIO access), without letting the guest go on.</summary>
    /// <remarks>Registers are not what they will be until then: call it before they are saved.</remarks>
    public void CompleteExit()
    {
        using KvmRun current = BeginRun();
        current.Complete();
    }

    /// <summary>Makes a running guest exit: its run ends with <see cref="ExitReason.Intr"/>, and the vCPU can be used again.</summary>
    /// <returns>False where nobody ran it.</returns>
    public bool Stop()
    {
        lock (gate)
        {
            run?.RequestStop();
            return run is not null;
        }
    }

    /// <summary>Waits until nobody runs the vCPU.</summary>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>False where the waiting was ended before.</returns>
    public bool Wait(CancellationToken cancellation = default)
    {
        try
        {
            idle.Wait(cancellation);
        }
        catch (OperationCanceledException)
        {
            // Whether it has stopped is the answer, however the waiting ended.
        }
        return idle.IsSet;
    }

    internal void StopRun(KvmRun stopping)
    {
        lock (gate)
        {
            if (run == stopping)
                stopping.RequestStop();
        }
    }

    internal override unsafe bool TryIoctl(in Request request, void* argument, out int result, out Errno errno)
    {
        if (request.Value == Requests.KVM_RUN.Value)
        {
            using KvmRun once = BeginRun();
            return once.TryEnter(out result, out errno);
        }
        // The kernel lets a request wait until the guest exits, which may be never: better a clear answer at once.
        lock (gate)
        {
            if (run is { IsInside: true })
                throw new KvmVcpuRunningException(request.Name, this);
            return base.TryIoctl(request, argument, out result, out errno);
        }
    }

    /// <summary>Gives the right to run back.</summary>
    internal void EndRun(KvmRun ending)
    {
        lock (gate)
        {
            ending.ForgetStop();
            run = null;
            idle.Set();
        }
    }

    /// <summary>Says that the guest is entered now, unless a stop was requested.</summary>
    internal bool TryGoInside(KvmRun entering)
    {
        lock (gate)
        {
            ThrowIfRemoved(nameof(Requests.KVM_RUN));
            return entering.TryGoInside();
        }
    }

    internal override void Close()
    {
        KvmRun? running;
        lock (gate)
        {
            base.Close();
            running = run;
            running?.RequestStop();
        }
        running?.WaitUntilOutside();
        stats.Dispose();
        area?.Dispose();
        dirtyRing?.Dispose();
    }
}
