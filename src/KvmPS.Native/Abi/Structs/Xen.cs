using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>The hypercall page of a Xen guest.</summary>
/// <remarks>Used by KVM_XEN_HVM_CONFIG.</remarks>
public struct kvm_xen_hvm_config
{
    public uint flags;
    public uint msr;
    public ulong blob_addr_32;
    public ulong blob_addr_64;
    public byte blob_size_32;
    public byte blob_size_64;
    public Array30<byte> pad2;
}

/// <summary>An attribute of a Xen VM; <c>type</c> chooses the member of <c>u</c>.</summary>
/// <remarks>Used by KVM_XEN_HVM_SET_ATTR.</remarks>
public struct kvm_xen_hvm_attr
{
    public ushort type;
    public Array3<ushort> pad;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct u_t
    {
        [FieldOffset(0)]
        public byte long_mode;

        [FieldOffset(0)]
        public byte vector;

        [FieldOffset(0)]
        public byte runstate_update_flag;

        [FieldOffset(0)]
        public shared_info_t shared_info;

        [FieldOffset(0)]
        public evtchn_t evtchn;

        [FieldOffset(0)]
        public uint xen_version;

        [FieldOffset(0)]
        public Array8<ulong> pad;

        /// <summary>The member <c>shared_info</c>.</summary>
        [StructLayout(LayoutKind.Explicit, Size = 8)]
        public struct shared_info_t
        {
            [FieldOffset(0)]
            public ulong gfn;

            [FieldOffset(0)]
            public ulong hva;
        }

        /// <summary>The member <c>evtchn</c>.</summary>
        public struct evtchn_t
        {
            public uint send_port;
            public uint type;
            public uint flags;
            public deliver_t deliver;

            /// <summary>The member <c>deliver</c>.</summary>
            [StructLayout(LayoutKind.Explicit, Size = 16)]
            public struct deliver_t
            {
                [FieldOffset(0)]
                public port_t port;

                [FieldOffset(0)]
                public eventfd_t eventfd;

                [FieldOffset(0)]
                public Array4<uint> padding;

                /// <summary>The member <c>port</c>.</summary>
                public struct port_t
                {
                    public uint port;
                    public uint vcpu;
                    public uint priority;
                }

                /// <summary>The member <c>eventfd</c>.</summary>
                public struct eventfd_t
                {
                    public uint port;
                    public int fd;
                }
            }
        }
    }
}

/// <summary>An attribute of a Xen vCPU; <c>type</c> chooses the member of <c>u</c>.</summary>
/// <remarks>Used by KVM_XEN_VCPU_SET_ATTR.</remarks>
public struct kvm_xen_vcpu_attr
{
    public ushort type;
    public Array3<ushort> pad;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct u_t
    {
        [FieldOffset(0)]
        public ulong gpa;

        [FieldOffset(0)]
        public ulong hva;

        [FieldOffset(0)]
        public Array8<ulong> pad;

        [FieldOffset(0)]
        public runstate_t runstate;

        [FieldOffset(0)]
        public uint vcpu_id;

        [FieldOffset(0)]
        public timer_t timer;

        [FieldOffset(0)]
        public byte vector;

        /// <summary>The member <c>runstate</c>.</summary>
        public struct runstate_t
        {
            public ulong state;
            public ulong state_entry_time;
            public ulong time_running;
            public ulong time_runnable;
            public ulong time_blocked;
            public ulong time_offline;
        }

        /// <summary>The member <c>timer</c>.</summary>
        public struct timer_t
        {
            public uint port;
            public uint priority;
            public ulong expires_ns;
        }
    }
}

/// <summary>A Xen hypercall that user space handles.</summary>
/// <remarks>Used by KVM_EXIT_XEN.</remarks>
public struct kvm_xen_exit
{
    public uint type;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    public struct u_t
    {
        [FieldOffset(0)]
        public hcall_t hcall;

        /// <summary>The member <c>hcall</c>.</summary>
        public struct hcall_t
        {
            public uint longmode;
            public uint cpl;
            public ulong input;
            public ulong result;
            public Array6<ulong> @params;
        }
    }
}
