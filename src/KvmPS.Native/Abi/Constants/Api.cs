namespace KvmPS.Native.Abi;

/// <summary>The version of the API.</summary>
public static class Api
{
    public const uint KVM_API_VERSION = 12;
}
