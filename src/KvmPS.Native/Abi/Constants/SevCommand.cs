namespace KvmPS.Native.Abi;

/// <summary>Commands and page types of SEV.</summary>
public static class SevCommand
{
    public const uint KVM_SEV_PAGE_TYPE_INVALID = 0;
    public const uint KVM_SEV_SNP_PAGE_TYPE_NORMAL = 1;
    public const uint KVM_SEV_SNP_PAGE_TYPE_ZERO = 3;
    public const uint KVM_SEV_SNP_PAGE_TYPE_UNMEASURED = 4;
    public const uint KVM_SEV_SNP_PAGE_TYPE_SECRETS = 5;
    public const uint KVM_SEV_SNP_PAGE_TYPE_CPUID = 6;
    public const uint KVM_SEV_SNP_ID_BLOCK_SIZE = 96;
    public const uint KVM_SEV_SNP_ID_AUTH_SIZE = 4096;
    public const uint KVM_SEV_SNP_FINISH_DATA_SIZE = 32;
    public const uint KVM_SEV_INIT = 0;
    public const uint KVM_SEV_ES_INIT = 1;
    public const uint KVM_SEV_LAUNCH_START = 2;
    public const uint KVM_SEV_LAUNCH_UPDATE_DATA = 3;
    public const uint KVM_SEV_LAUNCH_UPDATE_VMSA = 4;
    public const uint KVM_SEV_LAUNCH_SECRET = 5;
    public const uint KVM_SEV_LAUNCH_MEASURE = 6;
    public const uint KVM_SEV_LAUNCH_FINISH = 7;
    public const uint KVM_SEV_SEND_START = 8;
    public const uint KVM_SEV_SEND_UPDATE_DATA = 9;
    public const uint KVM_SEV_SEND_UPDATE_VMSA = 10;
    public const uint KVM_SEV_SEND_FINISH = 11;
    public const uint KVM_SEV_RECEIVE_START = 12;
    public const uint KVM_SEV_RECEIVE_UPDATE_DATA = 13;
    public const uint KVM_SEV_RECEIVE_UPDATE_VMSA = 14;
    public const uint KVM_SEV_RECEIVE_FINISH = 15;
    public const uint KVM_SEV_GUEST_STATUS = 16;
    public const uint KVM_SEV_DBG_DECRYPT = 17;
    public const uint KVM_SEV_DBG_ENCRYPT = 18;
    public const uint KVM_SEV_CERT_EXPORT = 19;
    public const uint KVM_SEV_GET_ATTESTATION_REPORT = 20;
    public const uint KVM_SEV_SEND_CANCEL = 21;
    public const uint KVM_SEV_INIT2 = 22;
    public const uint KVM_SEV_SNP_LAUNCH_START = 100;
    public const uint KVM_SEV_SNP_LAUNCH_UPDATE = 101;
    public const uint KVM_SEV_SNP_LAUNCH_FINISH = 102;
    public const uint KVM_SEV_SNP_ENABLE_REQ_CERTS = 103;
}
