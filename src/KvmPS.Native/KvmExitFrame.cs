using System.Runtime.InteropServices;
using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>An exit as it stands in the memory that a vCPU shares with the kernel.</summary>
/// <remarks>What is answered (the data of a read, the result of a hypercall) is written there too.</remarks>
public readonly ref struct KvmExitFrame
{
    private readonly Span<byte> area;

    internal KvmExitFrame(KvmVcpu vcpu, ExitReason reason, Span<byte> area)
    {
        Vcpu = vcpu;
        Reason = reason;
        this.area = area;
    }

    /// <summary>The vCPU.</summary>
    public KvmVcpu Vcpu { get; }

    /// <summary>Why KVM_RUN returned.</summary>
    public ExitReason Reason { get; }

    /// <summary>The whole of it.</summary>
    public ref kvm_run Run => ref MemoryMarshal.AsRef<kvm_run>(area);

    /// <summary>
    /// The bytes of a port or MMIO access: what the guest writes, or where what it reads is put. Empty for other exits.
    /// </summary>
    /// <exception cref="KvmException">EPROTO: they would lie outside of the shared memory.</exception>
    public Span<byte> Data => Reason switch
    {
        ExitReason.Io => IoData(Run.io),
        ExitReason.Mmio or ExitReason.LoongarchIocsr => MmioData(Run.mmio.len),
        _ => [],
    };

    /// <summary>The bytes that describe the exit.</summary>
    internal Span<byte> Describing(int size) => area.Slice(UnionOffset, size);

    internal const int UnionOffset = 32;

    /// <summary>The bytes of the largest description.</summary>
    internal const int UnionSize = 256;

    // The numbers are copies: what is checked is what is used, whoever writes to the page meanwhile.
    private Span<byte> IoData(kvm_run.io_t io)
    {
        ulong length = (ulong)io.size * io.count;
        return io.data_offset <= (ulong)area.Length && length <= (ulong)area.Length - io.data_offset
            ? area.Slice((int)io.data_offset, (int)length)
            : throw Malformed($"{io.count} items of {io.size} bytes at 0x{io.data_offset:X}");
    }

    private Span<byte> MmioData(uint length)
    {
        Span<byte> data = Run.mmio.data;
        return length <= data.Length ? data[..(int)length] : throw Malformed($"an access of {length} bytes");
    }

    private KvmException Malformed(string what) => new(
        nameof(Requests.KVM_RUN), Errno.EPROTO, Vcpu, $"{Vcpu}: kvm_run tells of {what}, which cannot be in 0x{area.Length:X} bytes.");
}
