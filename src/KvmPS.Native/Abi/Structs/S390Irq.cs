using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>An interrupt in the old format.</summary>
/// <remarks>Used by KVM_S390_INTERRUPT.</remarks>
public struct kvm_s390_interrupt
{
    public uint type;
    public uint parm;
    public ulong parm64;
}

/// <summary>An interrupt; <c>type</c> chooses the member of <c>u</c>.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_irq
{
    public ulong type;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct u_t
    {
        [FieldOffset(0)]
        public kvm_s390_io_info io;

        [FieldOffset(0)]
        public kvm_s390_ext_info ext;

        [FieldOffset(0)]
        public kvm_s390_pgm_info pgm;

        [FieldOffset(0)]
        public kvm_s390_emerg_info emerg;

        [FieldOffset(0)]
        public kvm_s390_extcall_info extcall;

        [FieldOffset(0)]
        public kvm_s390_prefix_info prefix;

        [FieldOffset(0)]
        public kvm_s390_stop_info stop;

        [FieldOffset(0)]
        public kvm_s390_mchk_info mchk;

        [FieldOffset(0)]
        public Array64<byte> reserved;
    }
}

/// <summary>Where pending interrupts are, and how many bytes.</summary>
/// <remarks>Used by KVM_S390_GET_IRQ_STATE.</remarks>
public struct kvm_s390_irq_state
{
    public ulong buf;
    public uint flags;
    public uint len;
    public Array4<uint> reserved;
}

/// <summary>An I/O interrupt.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_io_info
{
    public ushort subchannel_id;
    public ushort subchannel_nr;
    public uint io_int_parm;
    public uint io_int_word;
}

/// <summary>An external interrupt.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_ext_info
{
    public uint ext_params;
    public uint pad;
    public ulong ext_params2;
}

/// <summary>A program interrupt.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_pgm_info
{
    public ulong trans_exc_code;
    public ulong mon_code;
    public ulong per_address;
    public uint data_exc_code;
    public ushort code;
    public ushort mon_class_nr;
    public byte per_code;
    public byte per_atmid;
    public byte exc_access_id;
    public byte per_access_id;
    public byte op_access_id;
    public byte flags;
    public Array2<byte> pad;
}

/// <summary>An emergency signal.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_emerg_info
{
    public ushort code;
}

/// <summary>An external call.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_extcall_info
{
    public ushort code;
}

/// <summary>A new prefix.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_prefix_info
{
    public uint address;
}

/// <summary>A stop order.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_stop_info
{
    public uint flags;
}

/// <summary>A machine check.</summary>
/// <remarks>Used by KVM_S390_IRQ.</remarks>
public struct kvm_s390_mchk_info
{
    public ulong cr14;
    public ulong mcic;
    public ulong failing_storage_address;
    public uint ext_damage_code;
    public uint pad;
    public Array16<byte> fixed_logout;
}
