namespace KvmPS.Native.Abi;

/// <summary>A command, its argument and the fd of /dev/sev; the firmware's error comes back.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_cmd
{
    public uint id;
    public uint pad0;
    public ulong data;
    public uint error;
    public uint sev_fd;
}

/// <summary>KVM_SEV_INIT2.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_init
{
    public ulong vmsa_features;
    public uint flags;
    public ushort ghcb_version;
    public ushort pad1;
    public Array8<uint> pad2;
}

/// <summary>KVM_SEV_LAUNCH_START.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_launch_start
{
    public uint handle;
    public uint policy;
    public ulong dh_uaddr;
    public uint dh_len;
    public uint pad0;
    public ulong session_uaddr;
    public uint session_len;
    public uint pad1;
}

/// <summary>KVM_SEV_LAUNCH_UPDATE_DATA.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_launch_update_data
{
    public ulong uaddr;
    public uint len;
    public uint pad0;
}

/// <summary>KVM_SEV_LAUNCH_SECRET.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_launch_secret
{
    public ulong hdr_uaddr;
    public uint hdr_len;
    public uint pad0;
    public ulong guest_uaddr;
    public uint guest_len;
    public uint pad1;
    public ulong trans_uaddr;
    public uint trans_len;
    public uint pad2;
}

/// <summary>KVM_SEV_LAUNCH_MEASURE.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_launch_measure
{
    public ulong uaddr;
    public uint len;
    public uint pad0;
}

/// <summary>KVM_SEV_GUEST_STATUS.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_guest_status
{
    public uint handle;
    public uint policy;
    public uint state;
}

/// <summary>KVM_SEV_DBG_DECRYPT and KVM_SEV_DBG_ENCRYPT.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_dbg
{
    public ulong src_uaddr;
    public ulong dst_uaddr;
    public uint len;
    public uint pad0;
}

/// <summary>KVM_SEV_GET_ATTESTATION_REPORT.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_attestation_report
{
    public Array16<byte> mnonce;
    public ulong uaddr;
    public uint len;
    public uint pad0;
}

/// <summary>KVM_SEV_SEND_START.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_send_start
{
    public uint policy;
    public uint pad0;
    public ulong pdh_cert_uaddr;
    public uint pdh_cert_len;
    public uint pad1;
    public ulong plat_certs_uaddr;
    public uint plat_certs_len;
    public uint pad2;
    public ulong amd_certs_uaddr;
    public uint amd_certs_len;
    public uint pad3;
    public ulong session_uaddr;
    public uint session_len;
    public uint pad4;
}

/// <summary>KVM_SEV_SEND_UPDATE_DATA.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_send_update_data
{
    public ulong hdr_uaddr;
    public uint hdr_len;
    public uint pad0;
    public ulong guest_uaddr;
    public uint guest_len;
    public uint pad1;
    public ulong trans_uaddr;
    public uint trans_len;
    public uint pad2;
}

/// <summary>KVM_SEV_RECEIVE_START.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_receive_start
{
    public uint handle;
    public uint policy;
    public ulong pdh_uaddr;
    public uint pdh_len;
    public uint pad0;
    public ulong session_uaddr;
    public uint session_len;
    public uint pad1;
}

/// <summary>KVM_SEV_RECEIVE_UPDATE_DATA.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_receive_update_data
{
    public ulong hdr_uaddr;
    public uint hdr_len;
    public uint pad0;
    public ulong guest_uaddr;
    public uint guest_len;
    public uint pad1;
    public ulong trans_uaddr;
    public uint trans_len;
    public uint pad2;
}

/// <summary>KVM_SEV_SNP_LAUNCH_START.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_snp_launch_start
{
    public ulong policy;
    public Array16<byte> gosvw;
    public ushort flags;
    public Array6<byte> pad0;
    public Array4<ulong> pad1;
}

/// <summary>KVM_SEV_SNP_LAUNCH_UPDATE.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_snp_launch_update
{
    public ulong gfn_start;
    public ulong uaddr;
    public ulong len;
    public byte type;
    public byte pad0;
    public ushort flags;
    public uint pad1;
    public Array4<ulong> pad2;
}

/// <summary>KVM_SEV_SNP_LAUNCH_FINISH.</summary>
/// <remarks>Used by KVM_MEMORY_ENCRYPT_OP.</remarks>
public struct kvm_sev_snp_launch_finish
{
    public ulong id_block_uaddr;
    public ulong id_auth_uaddr;
    public byte id_block_en;
    public byte auth_key_en;
    public byte vcek_disabled;
    public Array32<byte> host_data;
    public Array3<byte> pad0;
    public ushort flags;
    public Array4<ulong> pad1;
}

/// <summary>The buffer for the certificates that a guest asks for.</summary>
/// <remarks>Used by KVM_EXIT_SNP_REQ_CERTS.</remarks>
public struct kvm_exit_snp_req_certs
{
    public ulong gpa;
    public ulong npages;
    public ulong ret;
}
