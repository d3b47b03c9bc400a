namespace KvmPS.Native.Abi;

/// <summary>What a request's number says about its argument. For a few requests the kernel's number is wrong.</summary>
[Flags]
public enum RequestDirection : byte
{
    /// <summary>The number carries no argument.</summary>
    None = 0,

    /// <summary>The kernel reads the argument.</summary>
    Write = 1,

    /// <summary>The kernel writes the argument.</summary>
    Read = 2,
}
