namespace KvmPS.Native.Interop;

/// <summary>Memory whose last byte lies before a page that nobody may touch, and its first behind another.</summary>
/// <remarks>
/// KVM_GET_DEVICE_ATTR writes as many bytes as the attribute has, and never says how many. In a buffer that ends at a
/// guard page the kernel answers EFAULT instead of overwriting what lies behind.
/// </remarks>
internal sealed unsafe class GuardedBuffer
{
    [ThreadStatic]
    private static GuardedBuffer? current;

    private readonly int capacity;
    private readonly Mapping mapping;
    private readonly byte* end;

    private GuardedBuffer(int capacity)
    {
        this.capacity = capacity;
        (mapping, nint start) = Mapping.BetweenGuardPages(capacity);
        end = (byte*)start + capacity;
    }

    /// <summary>
    /// This thread's buffer, zeroed: <paramref name="size"/> bytes that end where the guard page begins, valid until
    /// the thread's next call.
    /// </summary>
    public static Span<byte> Rent(int size)
    {
        GuardedBuffer? buffer = current;
        if (buffer is null || buffer.capacity < size)
        {
            int page = Environment.SystemPageSize;
            buffer?.mapping.Dispose();
            current = null;
            current = buffer = new GuardedBuffer(Math.Max(1, (size + page - 1) / page) * page);
        }
        var span = new Span<byte>(buffer.end - size, size);
        span.Clear();
        return span;
    }
}
