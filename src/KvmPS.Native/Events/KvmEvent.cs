namespace KvmPS.Native;

/// <summary>What a reader took from an eventfd.</summary>
public sealed class KvmEvent
{
    internal KvmEvent(KvmEventFd eventFd, ulong count)
    {
        EventFd = eventFd;
        Count = count;
    }

    /// <summary>The eventfd.</summary>
    public KvmEventFd EventFd { get; }

    /// <summary>What was added to it since it was read last; 1 where it is a semaphore.</summary>
    public ulong Count { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Count} of {EventFd}";
}
