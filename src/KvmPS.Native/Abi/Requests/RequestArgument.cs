namespace KvmPS.Native.Abi;

/// <summary>What a request takes as ioctl(2)'s third argument.</summary>
public enum RequestArgument : byte
{
    /// <summary>Nothing: it has to be 0.</summary>
    None,

    /// <summary>A number.</summary>
    Value,

    /// <summary>The address of a structure of <see cref="Request.ArgumentSize"/> bytes.</summary>
    Struct,

    /// <summary>The address of a structure of <see cref="Request.ArgumentSize"/> bytes with more behind it.</summary>
    Header,
}
