using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>A mapping of user memory into a user-controlled VM.</summary>
/// <remarks>Used by KVM_S390_UCAS_MAP.</remarks>
public struct kvm_s390_ucas_mapping
{
    public ulong user_addr;
    public ulong vcpu_addr;
    public ulong length;
}

/// <summary>A storage key and what to do with it.</summary>
/// <remarks>Used by KVM_S390_KEYOP.</remarks>
public struct kvm_s390_keyop
{
    public ulong guest_addr;
    public byte key;
    public byte operation;
    public Array6<byte> pad;
}

/// <summary>A program status word.</summary>
/// <remarks>Used by KVM_S390_SET_INITIAL_PSW.</remarks>
public struct kvm_s390_psw
{
    public ulong mask;
    public ulong addr;
}

/// <summary>An access to guest memory.</summary>
/// <remarks>Used by KVM_S390_MEM_OP.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct kvm_s390_mem_op
{
    [FieldOffset(0)]
    public ulong gaddr;

    [FieldOffset(8)]
    public ulong flags;

    [FieldOffset(16)]
    public uint size;

    [FieldOffset(20)]
    public uint op;

    [FieldOffset(24)]
    public ulong buf;

    [FieldOffset(32)]
    public byte ar;

    [FieldOffset(33)]
    public byte key;

    [FieldOffset(34)]
    public Array6<byte> pad1;

    [FieldOffset(40)]
    public ulong old_addr;

    [FieldOffset(32)]
    public uint sida_offset;

    [FieldOffset(32)]
    public Array32<byte> reserved;
}

/// <summary>Storage keys and where they are.</summary>
/// <remarks>Used by KVM_S390_GET_SKEYS.</remarks>
public struct kvm_s390_skeys
{
    public ulong start_gfn;
    public ulong count;
    public ulong skeydata_addr;
    public uint flags;
    public Array9<uint> reserved;
}

/// <summary>Usage states of pages and where they are.</summary>
/// <remarks>Used by KVM_S390_GET_CMMA_BITS.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 32)]
public struct kvm_s390_cmma_log
{
    [FieldOffset(0)]
    public ulong start_gfn;

    [FieldOffset(8)]
    public uint count;

    [FieldOffset(12)]
    public uint flags;

    [FieldOffset(16)]
    public ulong remaining;

    [FieldOffset(16)]
    public ulong mask;

    [FieldOffset(24)]
    public ulong values;
}

/// <summary>A command to the ultravisor.</summary>
/// <remarks>Used by KVM_S390_PV_COMMAND.</remarks>
public struct kvm_pv_cmd
{
    public uint cmd;
    public ushort rc;
    public ushort rrc;
    public ulong data;
    public uint flags;
    public Array3<uint> reserved;
}

/// <summary>What to do with a passed-through PCI function.</summary>
/// <remarks>Used by KVM_S390_ZPCI_OP.</remarks>
public struct kvm_s390_zpci_op
{
    public uint fh;
    public byte op;
    public Array3<byte> pad;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct u_t
    {
        [FieldOffset(0)]
        public reg_aen_t reg_aen;

        [FieldOffset(0)]
        public Array8<ulong> reserved;

        /// <summary>The member <c>reg_aen</c>.</summary>
        public struct reg_aen_t
        {
            public ulong ibv;
            public ulong sb;
            public uint flags;
            public uint noi;
            public byte isc;
            public byte sbo;
            public ushort pad;
        }
    }
}
