using System.Runtime.CompilerServices;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>An open file of counters (KVM_GET_STATS_FD). As long as it is open, the kernel keeps the whole VM.</summary>
internal sealed class StatsFile : IDisposable
{
    private readonly Descriptor descriptor;
    private readonly object subject;
    private readonly StatsLayout layout;

    /// <summary>Takes an open descriptor over, and closes it where it is not one of counters.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="subject">Who is to be named in errors.</param>
    /// <exception cref="KvmException">EPROTO: its contents contradict themselves.</exception>
    public StatsFile(Descriptor descriptor, object subject)
    {
        this.descriptor = descriptor;
        this.subject = subject;
        try
        {
            layout = ReadLayout();
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>What the kernel calls the object.</summary>
    public string Id => layout.Id;

    /// <summary>All counters, read in one go.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed before.</exception>
    public KvmStat[] Read(string scope, object target, string source)
    {
        byte[] values = new byte[layout.Length];
        ReadAt(layout.Start, values);
        return layout.Read(values, scope, target, source);
    }

    public void Dispose() => descriptor.Dispose();

    private StatsLayout ReadLayout()
    {
        byte[] header = new byte[Unsafe.SizeOf<kvm_stats_header>()];
        ReadAt(0, header);
        byte[] head = new byte[StatsLayout.HeadLength(header)];
        try
        {
            if (head.Length == 0)
                throw new FormatException("its header is none that is known");
            ReadAt(0, head);
            return StatsLayout.Parse(head);
        }
        catch (FormatException exception)
        {
            throw Malformed(exception.Message);
        }
    }

    private void ReadAt(long offset, Span<byte> buffer)
    {
        if (!Libc.TryReadAt(descriptor, buffer, offset, out int length, out Errno errno))
            throw new KvmException("pread", errno, subject);
        if (length != buffer.Length)
            throw Malformed($"it ends at byte {offset + length} of {offset + buffer.Length}");
    }

    private KvmException Malformed(string problem) =>
        new("pread", Errno.EPROTO, subject, $"The counters of {subject} cannot be read: {problem}.");
}
