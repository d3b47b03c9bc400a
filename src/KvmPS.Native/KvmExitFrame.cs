using System.Runtime.CompilerServices;
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
    public Span<byte> Data => At(Reason switch
    {
        ExitReason.Io => PlaceOf(Run.io),
        ExitReason.Mmio or ExitReason.LoongarchIocsr => PlaceOf(Run.mmio),
        _ => default,
    });

    /// <summary>A part of it.</summary>
    internal Span<byte> At(Range place) => area[place];

    /// <summary>The bytes that describe the exit.</summary>
    internal Span<byte> Describing(int size) => area.Slice(UnionOffset, size);

    internal const int UnionOffset = 32;

    /// <summary>The bytes of the largest description.</summary>
    internal const int UnionSize = 256;

    private const int LargestItem = 8;

    private static readonly int MmioDataOffset = UnionOffset + (int)Marshal.OffsetOf<kvm_run.mmio_t>(nameof(kvm_run.mmio_t.data));

    // The descriptions are copies: what is checked is what is used, whoever writes to the page meanwhile.

    /// <summary>Where the bytes of a port access lie: behind kvm_run, which an answer must not change.</summary>
    internal Range PlaceOf(kvm_run.io_t io)
    {
        ulong length = (ulong)io.size * io.count;
        return io.size is > 0 and <= LargestItem && io.data_offset >= (ulong)Unsafe.SizeOf<kvm_run>()
            && io.data_offset <= (ulong)area.Length && length <= (ulong)area.Length - io.data_offset
            ? (int)io.data_offset..(int)(io.data_offset + length)
            : throw Malformed($"{io.count} items of {io.size} bytes at 0x{io.data_offset:X}");
    }

    /// <summary>Where the bytes of a memory access lie.</summary>
    internal Range PlaceOf(kvm_run.mmio_t mmio) => mmio.len is > 0 and <= LargestItem
        ? MmioDataOffset..(MmioDataOffset + (int)mmio.len)
        : throw Malformed($"an access of {mmio.len} bytes");

    private KvmException Malformed(string what) => new(
        nameof(Requests.KVM_RUN), Errno.EPROTO, Vcpu, $"{Vcpu}: kvm_run tells of {what}, which cannot be in 0x{area.Length:X} bytes.");
}
