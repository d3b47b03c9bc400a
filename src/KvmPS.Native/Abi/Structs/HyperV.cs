using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>A connection id and its eventfd; fd -1 ends it with KVM_HYPERV_EVENTFD_DEASSIGN.</summary>
/// <remarks>Used by KVM_HYPERV_EVENTFD.</remarks>
public struct kvm_hyperv_eventfd
{
    public uint conn_id;
    public int fd;
    public uint flags;
    public Array3<uint> padding;
}

/// <summary>Why the guest left for Hyper-V emulation.</summary>
/// <remarks>Used by KVM_EXIT_HYPERV.</remarks>
public struct kvm_hyperv_exit
{
    public uint type;
    public uint pad1;
    public u_t u;

    /// <summary>The member <c>u</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    public struct u_t
    {
        [FieldOffset(0)]
        public synic_t synic;

        [FieldOffset(0)]
        public hcall_t hcall;

        [FieldOffset(0)]
        public syndbg_t syndbg;

        /// <summary>The member <c>synic</c>.</summary>
        public struct synic_t
        {
            public uint msr;
            public uint pad2;
            public ulong control;
            public ulong evt_page;
            public ulong msg_page;
        }

        /// <summary>The member <c>hcall</c>.</summary>
        public struct hcall_t
        {
            public ulong input;
            public ulong result;
            public Array2<ulong> @params;
        }

        /// <summary>The member <c>syndbg</c>.</summary>
        public struct syndbg_t
        {
            public uint msr;
            public uint pad2;
            public ulong control;
            public ulong status;
            public ulong send_page;
            public ulong recv_page;
            public ulong pending_page;
        }
    }
}
