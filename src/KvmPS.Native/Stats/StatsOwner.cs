using KvmPS.Native.Abi;
using KvmPS.Native.Interop;

namespace KvmPS.Native;

/// <summary>The file of counters of a VM or vCPU: opened when it is first needed, closed with its object.</summary>
/// <param name="target">The VM or vCPU.</param>
/// <param name="scope">What the counters are about.</param>
/// <param name="open">Opens the descriptor.</param>
internal sealed class StatsOwner(KvmDescriptorObject target, string scope, Func<Descriptor> open) : IDisposable
{
    private readonly Lock gate = new();
    private StatsFile? file;
    private bool isDisposed;

    public IReadOnlyList<KvmStat> Read()
    {
        lock (gate)
        {
            if (isDisposed)
                throw new KvmObjectRemovedException(nameof(Requests.KVM_GET_STATS_FD), target);
            file ??= new StatsFile(open(), target);
            return file.Read(scope, target, nameof(Requests.KVM_GET_STATS_FD));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            file?.Dispose();
        }
    }
}
