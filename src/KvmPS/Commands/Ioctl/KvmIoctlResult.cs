using KvmPS.Native;

namespace KvmPS;

/// <summary>What a request answered.</summary>
/// <param name="InputObject">The object that it was issued on.</param>
/// <param name="Request">The request's name.</param>
/// <param name="Result">What ioctl(2) returned: 0, a count, or a file descriptor that now belongs to the caller.</param>
/// <param name="Buffer">The argument in memory as the kernel left it; null where the request carries a number.</param>
public sealed record KvmIoctlResult(KvmObject InputObject, string Request, int Result, byte[]? Buffer);
