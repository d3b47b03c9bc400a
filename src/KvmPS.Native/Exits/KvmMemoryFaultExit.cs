using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>KVM_EXIT_MEMORY_FAULT: the guest touched memory that cannot be had as it wants it.</summary>
public sealed class KvmMemoryFaultExit : KvmExit
{
    internal KvmMemoryFaultExit(in KvmExitFrame frame, ulong sequence)
        : base(frame, sequence, Unsafe.SizeOf<kvm_run.memory_fault_t>())
    {
        kvm_run.memory_fault_t fault = frame.Run.memory_fault;
        Address = fault.gpa;
        Size = fault.size;
        Flags = fault.flags;
    }

    /// <summary>The guest-physical address.</summary>
    public ulong Address { get; }

    /// <summary>The size in bytes.</summary>
    public ulong Size { get; }

    /// <summary>KVM_MEMORY_EXIT_FLAG_PRIVATE (8) where the guest wanted private memory.</summary>
    public ulong Flags { get; }

    /// <inheritdoc/>
    public override string Description => $"0x{Size:X} bytes at 0x{Address:X}, flags 0x{Flags:X}";
}
