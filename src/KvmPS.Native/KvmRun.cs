using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>The right to run a vCPU, from <see cref="KvmVcpu.BeginRun"/> until it is disposed of.</summary>
public sealed unsafe class KvmRun : IDisposable
{
    // EHWPOISON, which Mono's list of names does not have.
    private const Errno HardwarePoison = (Errno)133;

    private readonly KvmVcpu vcpu;
    private readonly Mapping area;
    private readonly Descriptor descriptor;
    private volatile bool isInside;
    private volatile bool stopRequested;
    private volatile bool isDisposed;
    private bool isCompleting;
    private int thread;

    internal KvmRun(KvmVcpu vcpu, Mapping area, Descriptor descriptor)
    {
        if (!area.TryHold())
            throw new KvmObjectRemovedException(nameof(Requests.KVM_RUN), vcpu);
        this.vcpu = vcpu;
        this.area = area;
        this.descriptor = descriptor;
    }

    /// <summary>Whether the run shall end: the next entry answers <see cref="ExitReason.Intr"/>.</summary>
    public bool IsStopping => stopRequested;

    /// <summary>
    /// Whether the guest shall exit with <see cref="ExitReason.IrqWindowOpen"/> as soon as it can take an interrupt: for interrupt
    /// controllers in user space, x86 only. Ends with the run.
    /// </summary>
    public bool WaitsForInterruptWindow
    {
        get => Run.request_interrupt_window != 0;
        set => Run.request_interrupt_window = value ? (byte)1 : (byte)0;
    }

    /// <summary>Whether a thread is in the guest right now.</summary>
    internal bool IsInside => isInside;

    private ref kvm_run Run => ref Unsafe.AsRef<kvm_run>((void*)area.Address);

    /// <summary>Enters the guest, with the answer to the exit before, until it exits again.</summary>
    /// <returns>The exit; its reason is <see cref="ExitReason.Intr"/> after <see cref="KvmVcpu.Stop"/>.</returns>
    /// <exception cref="KvmException">KVM_RUN failed.</exception>
    /// <exception cref="KvmObjectRemovedException">The vCPU was removed.</exception>
    public KvmExit Next() => Next(uart: null);

    /// <summary>As <see cref="Next()"/>, with a UART whose exits are answered at once and not returned.</summary>
    /// <param name="uart">The UART, of the same VM.</param>
    /// <inheritdoc cref="Next()"/>
    public KvmExit Next(KvmUart? uart)
    {
        ExitReason reason;
        while (true)
        {
            reason = Enter();
            if (uart is null || !uart.TryHandle(Frame(reason)))
                break;
            vcpu.Exits++;
        }
        KvmExit exit = ExitDecoder.Decode(Frame(reason), ++vcpu.Exits);
        if (reason != ExitReason.Intr)
            vcpu.Pending = exit;
        return exit;
    }

    /// <summary>Begins a thread for the run. The work has to dispose of the run.</summary>
    /// <param name="work">What the thread does; an exception that it throws ends the process.</param>
    /// <exception cref="KvmException">EAGAIN: there can be no more threads (RLIMIT_NPROC, pids.max); the run was given back.</exception>
    public void StartThread(ThreadStart work)
    {
        if (WorkerThread.TryStart($"{vcpu}", work, out Errno errno))
            return;
        Dispose();
        throw new KvmException("pthread_create", errno, vcpu);
    }

    /// <summary>As <see cref="KvmVcpu.Stop"/>, for this run only.</summary>
    public void Stop() => vcpu.StopRun(this);

    /// <summary>Gives the right to run back.</summary>
    public void Dispose()
    {
        if (isDisposed)
            return;
        isDisposed = true;
        WaitsForInterruptWindow = false;
        vcpu.EndRun(this);
        area.DangerousRelease();
    }

    internal KvmExitFrame Frame(ExitReason reason) =>
        new(vcpu, reason, new Span<byte>((void*)area.Address, (int)area.Length));

    internal ExitReason Enter()
    {
        while (!TryEnter(out _, out Errno errno))
        {
            if (vcpu.State == KvmObjectState.Removed)
                throw new KvmObjectRemovedException(nameof(Requests.KVM_RUN), vcpu);
            ExitReason reason = Run.exit_reason;
            if (errno is Errno.EFAULT or HardwarePoison && reason == ExitReason.MemoryFault)
                return reason;
            // EAGAIN: the vCPU has waited for its start (INIT and SIPI, on x86) and heard something.
            if (errno is not (Errno.EINTR or Errno.EAGAIN))
                throw KvmException.From(nameof(Requests.KVM_RUN), errno, vcpu);
            if (stopRequested)
            {
                stopRequested = false;
                Run.immediate_exit = 0;
                return ExitReason.Intr;
            }
        }
        return Run.exit_reason;
    }

    /// <summary>One KVM_RUN, with EINTR as an answer.</summary>
    internal bool TryEnter(out int result, out Errno errno)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (!vcpu.TryGoInside(this))
        {
            (result, errno) = (-1, Errno.EINTR);
            return false;
        }
        try
        {
            vcpu.Pending?.Answer(Frame(vcpu.Pending.Reason));
            vcpu.Pending = null;
            // Whether EFAULT comes with KVM_EXIT_MEMORY_FAULT shows in the reason, so an old one must not stand there.
            if (Run.exit_reason == ExitReason.MemoryFault)
                Run.exit_reason = ExitReason.Unknown;
            return Libc.TryIoctlOnce(descriptor, Requests.KVM_RUN, null, out result, out errno);
        }
        catch (ObjectDisposedException)
        {
            throw new KvmObjectRemovedException(nameof(Requests.KVM_RUN), vcpu);
        }
        finally
        {
            isInside = false;
        }
    }

    internal void Complete()
    {
        isCompleting = true;
        if (!TryEnter(out _, out Errno errno) && errno != Errno.EINTR)
            throw KvmException.From(nameof(Requests.KVM_RUN), errno, vcpu);
    }

    /// <summary>Under the vCPU's gate: says that the thread is about to enter, unless it shall stop.</summary>
    internal bool TryGoInside()
    {
        if (stopRequested)
            return false;
        if (isCompleting)
            Run.immediate_exit = 1;
        thread = Interruption.CurrentThread;
        isInside = true;
        return true;
    }

    /// <summary>Under the vCPU's gate: the flag ends an entry that begins, the signal one that has begun.</summary>
    internal void RequestStop()
    {
        stopRequested = true;
        BeginPause();
    }

    /// <summary>Under the vCPU's gate: brings the guest out; it does not go on before the gate is free.</summary>
    internal void BeginPause()
    {
        Run.immediate_exit = 1;
        if (isInside)
            Interruption.Interrupt(thread);
    }

    /// <summary>Under the vCPU's gate: the guest may go on, unless it was to stop anyway.</summary>
    internal void EndPause() => Run.immediate_exit = (byte)(stopRequested || isCompleting ? 1 : 0);

    /// <summary>Under the vCPU's gate: what was meant to stop this run does not stop the next one.</summary>
    internal void ForgetStop() => Run.immediate_exit = 0;

    internal void WaitUntilOutside() => SpinWait.SpinUntil(() => !isInside, TimeSpan.FromSeconds(1));
}
