using System.Collections.Concurrent;

namespace KvmPS.Native;

/// <content>Serial lines.</content>
public sealed partial class KvmVm
{
    private readonly ConcurrentDictionary<ushort, KvmUart> uarts = new();

    /// <summary>The UART at a port, made when it is first asked for. It is there for the runs that are given it.</summary>
    /// <param name="port">The first of its eight ports.</param>
    /// <param name="irq">The interrupt line that it raises; counts when it is made.</param>
    /// <exception cref="KvmObjectRemovedException">The VM was removed.</exception>
    public KvmUart GetUart(ushort port = KvmUart.FirstPort, uint irq = KvmUart.FirstIrq)
    {
        ThrowIfRemoved(nameof(GetUart));
        return uarts.GetOrAdd(port, static (port, at) => new KvmUart(at.Vm, port, at.Irq), (Vm: this, Irq: irq));
    }
}
