using System.Globalization;
using System.Text;

namespace KvmPS.Native;

/// <summary>A message about a device. It is data from outside: nothing of it is believed that does not look as KVM writes it.</summary>
/// <remarks>"change@/devices/virtual/misc/kvm", then KEY=VALUE, each with a 0 behind it (lib/kobject_uevent.c).</remarks>
internal static class UeventMessage
{
    /// <summary>The kernel's longest message (UEVENT_BUFFER_SIZE) has 2 KiB behind its first line; one that fills this was cut off.</summary>
    public const int LongestMessage = 8 << 10;

    private const int LongestPath = 64;

    /// <summary>What a message says; null where it is not about a VM.</summary>
    /// <param name="buffer">The message, and what is behind it.</param>
    /// <param name="length">How long the message is.</param>
    public static KvmHostEvent? Parse(byte[] buffer, int length)
    {
        ReadOnlySpan<byte> message = buffer.AsSpan(0, length);
        if (message.Length >= LongestMessage || !message.StartsWith("change@/"u8) || message[^1] != 0)
            return null;
        var values = new Dictionary<string, string>();
        foreach (string line in Encoding.UTF8.GetString(message[..^1]).Split('\0').Skip(1))
        {
            // Of a key that comes twice neither can be believed.
            if (line.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var end) || !values.TryAdd(line[..end], line[(end + 1)..]))
                return null;
        }
        if (values.GetValueOrDefault("ACTION") != "change" || values.GetValueOrDefault("SUBSYSTEM") != "misc" || values.GetValueOrDefault("DEVNAME") != "kvm")
            return null;
        KvmHostEventKind? kind = values.GetValueOrDefault("EVENT") switch
        {
            "create" => KvmHostEventKind.Create,
            "destroy" => KvmHostEventKind.Destroy,
            _ => null,
        };
        return kind is null ? null : new KvmHostEvent
        {
            Time = DateTimeOffset.Now,
            Event = kind.Value,
            ThreadId = (int?)Number(values, "PID", int.MaxValue),
            Created = Number(values, "CREATED"),
            Count = Number(values, "COUNT"),
            Sequence = Number(values, "SEQNUM"),
            StatsPath = StatsPath(values),
            Fd = StatsPath(values) is { } path ? int.Parse(path.AsSpan(path.LastIndexOf('-') + 1), CultureInfo.InvariantCulture) : null,
        };
    }

    private static ulong? Number(Dictionary<string, string> values, string key, ulong highest = ulong.MaxValue) =>
        ulong.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= highest
            ? number
            : null;

    // "/kvm/TID-FD"
    private static string? StatsPath(Dictionary<string, string> values) =>
        values.GetValueOrDefault("STATS_PATH") is { Length: <= LongestPath } path
        && path.StartsWith("/kvm/", StringComparison.Ordinal) && path[5..].Split('-') is [var thread, var fd] && IsId(thread) && IsId(fd)
            ? path
            : null;

    private static bool IsId(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
