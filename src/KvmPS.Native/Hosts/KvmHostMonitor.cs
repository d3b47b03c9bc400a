using System.Diagnostics;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>Hears from the kernel when VMs are made and end on this host, whoever's they are.</summary>
/// <remarks>
/// No rights are needed. The kernel tells every network namespace that belongs to its first user namespace; in another one, as
/// containers without root have it, nothing is heard. Not safe for use by several threads at once, but for <see cref="Dispose"/>.
/// </remarks>
public sealed class KvmHostMonitor : IDisposable
{
    // A wait looks this often, in milliseconds, whether it shall go on.
    private const int Slice = 50;

    // fs/proc: PROC_PID_INIT_INO.
    private const string FirstPidNamespace = "pid:[4026531836]";

    private readonly Descriptor socket = new();
    private readonly byte[] buffer = new byte[UeventMessage.LongestMessage];
    private readonly Dictionary<string, (int Id, string? Name)> owners = [];
    private readonly bool knowsProcesses = new FileInfo("/proc/self/ns/pid").LinkTarget == FirstPidNamespace;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="KvmException">EAFNOSUPPORT, EPROTONOSUPPORT, EACCES, EPERM: a sandbox forbids it; EMFILE, ENFILE: there can be no more descriptors.</exception>
    public KvmHostMonitor()
    {
        if (UeventSocket.TryOpen(socket, out string call, out Errno errno))
            return;
        socket.Dispose();
        throw new KvmException(call, errno, this);
    }

    /// <summary>Whether the kernel may tell this process nothing, because it is in a user namespace.</summary>
    public static bool MayHearNothing { get; } =
        ProcFile.Read("/proc/self/uid_map", [])?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not (null or ["0", "0", "4294967295"]);

    /// <summary>Waits for the next event.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever, 0 only looks.</param>
    /// <param name="stop">Ends the wait within 100 ms.</param>
    /// <returns>It; null where none came in time or the wait was ended.</returns>
    /// <exception cref="KvmException">The kernel refused to go on.</exception>
    /// <exception cref="KvmObjectRemovedException">It was disposed before, or meanwhile.</exception>
    public KvmHostEvent? Next(TimeSpan timeout, CancellationToken stop = default)
    {
        var clock = Stopwatch.StartNew();
        while (!stop.IsCancellationRequested)
        {
            TimeSpan left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - clock.Elapsed;
            try
            {
                if (Receive(out bool isEmpty) is { } found)
                    return found;
                // What others send must not keep us longer than we are to wait.
                if (left <= TimeSpan.Zero)
                    return null;
                if (isEmpty && !Libc.TryPoll([socket], (int)Math.Ceiling(Math.Clamp(left.TotalMilliseconds, 0, Slice)), out _, out Errno errno))
                    throw new KvmException("poll", errno, this);
            }
            catch (ObjectDisposedException)
            {
                throw new KvmObjectRemovedException("recvfrom", this);
            }
        }
        return null;
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => socket.Dispose();

    /// <inheritdoc/>
    public override string ToString() => "the kernel's events";

    private KvmHostEvent? Receive(out bool isEmpty)
    {
        bool received = UeventSocket.TryReceive(socket, buffer, out int length, out bool fromKernel, out Errno errno);
        isEmpty = errno == Errno.EAGAIN;
        if (errno == Errno.ENOBUFS)
        {
            // Whose VMs have ended meanwhile, nobody knows.
            owners.Clear();
            return new KvmHostEvent { Time = DateTimeOffset.Now, Event = KvmHostEventKind.Lost };
        }
        return received ? fromKernel && UeventMessage.Parse(buffer, length) is { } message ? WithProcess(message) : null
            : isEmpty ? null
            : throw new KvmException("recvfrom", errno, this);
    }

    private KvmHostEvent WithProcess(KvmHostEvent message)
    {
        // At its end the VM's process can be gone, and its thread's number somebody else's.
        string key = message.StatsPath ?? "";
        (int Id, string? Name)? owner = null;
        if (message.Event == KvmHostEventKind.Destroy && owners.Remove(key, out (int Id, string? Name) known))
            owner = known;
        else if (knowsProcesses && message.ThreadId is { } thread)
            owner = KvmProcessScan.OwnerOf(thread);
        if (message.Event == KvmHostEventKind.Create && owner is { } made && key.Length > 0)
            owners[key] = made;
        return message with { ProcessId = owner?.Id, ProcessName = owner?.Name };
    }
}
