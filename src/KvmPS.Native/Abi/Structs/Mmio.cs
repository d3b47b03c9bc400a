using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>A range whose writes are collected in a ring. <c>pio</c> is 1 for ports.</summary>
/// <remarks>Used by KVM_REGISTER_COALESCED_MMIO.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct kvm_coalesced_mmio_zone
{
    [FieldOffset(0)]
    public ulong addr;

    [FieldOffset(8)]
    public uint size;

    [FieldOffset(12)]
    public uint pad;

    [FieldOffset(12)]
    public uint pio;
}

/// <summary>One collected write.</summary>
/// <remarks>Used by the ring of coalesced MMIO.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct kvm_coalesced_mmio
{
    [FieldOffset(0)]
    public ulong phys_addr;

    [FieldOffset(8)]
    public uint len;

    [FieldOffset(12)]
    public uint pad;

    [FieldOffset(12)]
    public uint pio;

    [FieldOffset(16)]
    public Array8<byte> data;
}

/// <summary>The head of the ring, followed by <see cref="kvm_coalesced_mmio"/> entries.</summary>
/// <remarks>Used by the map of a vCPU fd at the page that KVM_CAP_COALESCED_MMIO says.</remarks>
public struct kvm_coalesced_mmio_ring
{
    public uint first;
    public uint last;
}
