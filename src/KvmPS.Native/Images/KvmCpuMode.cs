namespace KvmPS.Native;

/// <summary>How an x86 vCPU begins.</summary>
public enum KvmCpuMode
{
    /// <summary>Real mode, as a boot sector finds it.</summary>
    Real16,

    /// <summary>Protected mode with flat segments, without paging.</summary>
    Protected32,

    /// <summary>Long mode, the first 4 GiB mapped to themselves.</summary>
    Long64,
}
