using System.Runtime.CompilerServices;
using System.Text;
using KvmPS.Native;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Fuzz;

/// <summary>Files of counters that contradict themselves, and that change while they are read.</summary>
internal static class StatsFuzz
{
    private const int NameSize = 48;
    private const int Counters = 8;

    private static readonly int HeaderSize = Unsafe.SizeOf<kvm_stats_header>();
    private static readonly int DescriptorSize = Unsafe.SizeOf<kvm_stats_desc>() + NameSize;

    public static Tally Run(int seed, int rounds)
    {
        var random = new Random(seed);
        string path = Path.GetTempFileName();
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using var end = new CancellationTokenSource();
        Task writer = Task.Run(() => Write(path, ~seed, end.Token));
        var tally = new Tally();
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = Make(random);
            int changes = random.Next(4);
            Change(bytes, random, changes);
            if (TryParse(bytes))
                tally.Taken++;
            else
                tally.Refused++;
            // What needs a file is slower.
            if (round % 16 == 0)
                TryFile(file, path, bytes);
        }
        end.Cancel();
        writer.Wait();
        File.Delete(path);
        return tally;
    }

    private static byte[] Make(Random random)
    {
        byte[] bytes = new byte[HeaderSize + NameSize + Counters * (DescriptorSize + 8)];
        uint[] header = [0, NameSize, Counters, (uint)HeaderSize, (uint)(HeaderSize + NameSize), (uint)(HeaderSize + NameSize + Counters * DescriptorSize)];
        for (int i = 0; i < header.Length; i++)
            Hostile.Put(bytes, 4 * i, 4, header[i]);
        Encoding.ASCII.GetBytes("kvm-1").CopyTo(bytes, HeaderSize);
        for (int i = 0; i < Counters; i++)
        {
            int at = HeaderSize + NameSize + i * DescriptorSize;
            Hostile.Put(bytes, at, 4, (ulong)random.Next(0x2000));
            Hostile.Put(bytes, at + 6, 2, 1);
            Hostile.Put(bytes, at + 8, 4, (ulong)(8 * i));
            Encoding.ASCII.GetBytes($"counter{i}").CopyTo(bytes, at + 16);
        }
        return bytes;
    }

    private static void Change(byte[] bytes, Random random, int changes)
    {
        for (; changes > 0; changes--)
        {
            int size = 1 << random.Next(1, 3);
            // The header, or any field of a descriptor.
            int at = random.Next(2) == 0 ? random.Next(HeaderSize / size) * size : random.Next(bytes.Length / size) * size;
            Hostile.Put(bytes, at, size, Hostile.Number(random));
        }
    }

    private static bool TryParse(byte[] bytes)
    {
        int length = StatsLayout.HeadLength(bytes.AsSpan(0, HeaderSize));
        try
        {
            // As long as was said, or as there is: the header may have been another one then.
            StatsLayout layout = StatsLayout.Parse(bytes.AsSpan(0, Math.Min(length == 0 ? bytes.Length : length, bytes.Length)));
            foreach (KvmStat stat in layout.Read(new byte[layout.Length], "Vm", "fuzz", "fuzz"))
                _ = $"{stat} {stat.Value}";
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static void TryFile(FileStream file, string path, byte[] bytes)
    {
        file.Position = 0;
        file.Write(bytes);
        var descriptor = new Descriptor();
        if (!Libc.TryOpen(path, OpenFlags.O_RDONLY, descriptor, out Errno errno))
            throw new KvmException("open", errno, path);
        try
        {
            using var stats = new StatsFile(descriptor, "fuzz");
            _ = stats.Read("Vm", "fuzz", "fuzz");
        }
        catch (KvmException exception) when (exception.Errno == Errno.EPROTO)
        {
            // It says so.
        }
    }

    private static void Write(string path, int seed, CancellationToken end)
    {
        var random = new Random(seed);
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        byte[] bytes = Make(random);
        while (!end.IsCancellationRequested)
        {
            Change(bytes, random, 1);
            file.Position = 0;
            file.Write(bytes.AsSpan(0, HeaderSize));
            Make(random).CopyTo(bytes, 0);
        }
    }
}
