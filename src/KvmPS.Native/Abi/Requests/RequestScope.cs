namespace KvmPS.Native.Abi;

/// <summary>The kinds of fd that answer a request.</summary>
[Flags]
public enum RequestScope : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>/dev/kvm.</summary>
    System = 1,

    /// <summary>A VM.</summary>
    Vm = 2,

    /// <summary>A vCPU.</summary>
    Vcpu = 4,

    /// <summary>An in-kernel device.</summary>
    Device = 8,
}
