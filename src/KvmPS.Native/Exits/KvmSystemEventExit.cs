using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_SYSTEM_EVENT: the guest asks for something that concerns the whole machine.</summary>
public sealed class KvmSystemEventExit : KvmExit
{
    internal KvmSystemEventExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.system_event_t>())
    {
        kvm_run.system_event_t happened = frame.Run.system_event;
        Type = (KvmSystemEventKind)happened.type;
        ReadOnlySpan<ulong> data = happened.data;
        Data = data[..(int)Math.Min(happened.ndata, (uint)data.Length)].ToArray();
    }

    /// <summary>What the guest asks for.</summary>
    public KvmSystemEventKind Type { get; }

    /// <summary>What the kernel adds; the first is flags on arm64.</summary>
    public ulong[] Data { get; }

    /// <inheritdoc/>
    public override string Description => $"{Type} {string.Join(" ", Data.Select(item => $"0x{item:X}"))}".TrimEnd();
}

/// <summary>KVM_SYSTEM_EVENT_*.</summary>
public enum KvmSystemEventKind : uint
{
    /// <summary>Power off.</summary>
    Shutdown = SystemEvent.KVM_SYSTEM_EVENT_SHUTDOWN,

    /// <summary>Start again.</summary>
    Reset = SystemEvent.KVM_SYSTEM_EVENT_RESET,

    /// <summary>The guest says that it crashed.</summary>
    Crash = SystemEvent.KVM_SYSTEM_EVENT_CRASH,

    /// <summary>A vCPU that waits for an event shall go on.</summary>
    Wakeup = SystemEvent.KVM_SYSTEM_EVENT_WAKEUP,

    /// <summary>Suspend to RAM.</summary>
    Suspend = SystemEvent.KVM_SYSTEM_EVENT_SUSPEND,

    /// <summary>An SEV guest ends itself.</summary>
    SevTerm = SystemEvent.KVM_SYSTEM_EVENT_SEV_TERM,

    /// <summary>A TDX guest ran into a fatal error.</summary>
    TdxFatal = SystemEvent.KVM_SYSTEM_EVENT_TDX_FATAL,
}
