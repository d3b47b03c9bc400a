namespace KvmPS.Native.Abi;

/// <summary>A segment register.</summary>
/// <remarks>Used by KVM_GET_SREGS.</remarks>
public struct kvm_segment
{
    public ulong @base;
    public uint limit;
    public ushort selector;
    public byte type;
    public byte present;
    public byte dpl;
    public byte db;
    public byte s;
    public byte l;
    public byte g;
    public byte avl;
    public byte unusable;
    public byte padding;
}

/// <summary>A descriptor-table register.</summary>
/// <remarks>Used by KVM_GET_SREGS.</remarks>
public struct kvm_dtable
{
    public ulong @base;
    public ushort limit;
    public Array3<ushort> padding;
}

/// <summary>The special registers with the PAE page-directory pointers.</summary>
/// <remarks>Used by KVM_GET_SREGS2.</remarks>
public struct kvm_sregs2
{
    public kvm_segment cs;
    public kvm_segment ds;
    public kvm_segment es;
    public kvm_segment fs;
    public kvm_segment gs;
    public kvm_segment ss;
    public kvm_segment tr;
    public kvm_segment ldt;
    public kvm_dtable gdt;
    public kvm_dtable idt;
    public ulong cr0;
    public ulong cr2;
    public ulong cr3;
    public ulong cr4;
    public ulong cr8;
    public ulong efer;
    public ulong apic_base;
    public ulong flags;
    public Array4<ulong> pdptrs;
}

/// <summary>The debug registers.</summary>
/// <remarks>Used by KVM_GET_DEBUGREGS.</remarks>
public struct kvm_debugregs
{
    public Array4<ulong> db;
    public ulong dr6;
    public ulong dr7;
    public ulong flags;
    public Array9<ulong> reserved;
}

/// <summary>An extended control register.</summary>
/// <remarks>Used by KVM_GET_XCRS.</remarks>
public struct kvm_xcr
{
    public uint xcr;
    public uint reserved;
    public ulong value;
}

/// <summary>The extended control registers, <c>nr_xcrs</c> of them.</summary>
/// <remarks>Used by KVM_GET_XCRS.</remarks>
public struct kvm_xcrs
{
    public uint nr_xcrs;
    public uint flags;
    public Array16<kvm_xcr> xcrs;
    public Array16<ulong> padding;
}

/// <summary>The extended state in the processor's own layout; longer with KVM_CAP_XSAVE2.</summary>
/// <remarks>Used by KVM_GET_XSAVE.</remarks>
public struct kvm_xsave
{
    public Array1024<uint> region;
}
