using KvmPS.Native;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Fuzz;

/// <summary>kvm_run pages of any content, between pages that nobody may touch.</summary>
internal static unsafe class ExitFuzz
{
    // KVM_GET_VCPU_MMAP_SIZE on x86: kvm_run, the page of port data, the ring of collected writes.
    private const int PageCount = 3;

    private static readonly ExitReason[] Reasons = Enum.GetValues<ExitReason>();

    /// <summary>Decodes, shows, sets and answers.</summary>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="rounds">How many pages.</param>
    /// <param name="torn">Another thread writes to the page all the time.</param>
    public static Tally Run(int seed, int rounds, bool torn = false)
    {
        var random = new Random(seed);
        int size = PageCount * Environment.SystemPageSize;
        (Mapping owner, nint start) = Mapping.BetweenGuardPages(size);
        var vcpu = new KvmVcpu(null!, 0, new Descriptor());
        var tally = new Tally();
        using var end = new CancellationTokenSource();
        Task writer = torn ? Task.Run(() => Write(start, size, seed, end.Token)) : Task.CompletedTask;
        for (int round = 0; round < rounds; round++)
        {
            var area = new Span<byte>((void*)start, size);
            Fill(area, random);
            ExitReason reason = random.Next(10) == 0 ? (ExitReason)(uint)Hostile.Number(random) : Reasons[random.Next(Reasons.Length)];
            if (Try(new KvmExitFrame(vcpu, reason, area), random, torn))
                tally.Taken++;
            else
                tally.Refused++;
        }
        end.Cancel();
        writer.Wait();
        owner.Dispose();
        return tally;
    }

    private static void Fill(Span<byte> area, Random random)
    {
        Span<byte> union = area.Slice(KvmExitFrame.UnionOffset, KvmExitFrame.UnionSize);
        random.NextBytes(union);
        // Fields of all sizes at their places, and io.data_offset, io.count, mmio.len among them.
        for (int field = random.Next(8); field > 0; field--)
        {
            int bytes = 1 << random.Next(4);
            Hostile.Put(union, random.Next(union.Length / bytes) * bytes, bytes, Hostile.Number(random));
        }
        if (random.Next(2) == 0)
        {
            // A port access that is nearly or wholly right.
            Hostile.Put(union, 0, 1, (ulong)random.Next(3));
            Hostile.Put(union, 1, 1, (ulong)random.Next(10));
            Hostile.Put(union, 4, 4, random.Next(3) == 0 ? Hostile.Number(random) : (ulong)random.Next(5));
            Hostile.Put(union, 8, 8, random.Next(3) == 0 ? Hostile.Number(random) : 4096);
        }
        else if (random.Next(2) == 0)
        {
            Hostile.Put(union, 16, 4, random.Next(3) == 0 ? Hostile.Number(random) : (ulong)random.Next(10));
            Hostile.Put(union, 20, 1, (ulong)random.Next(3));
        }
    }

    private static bool Try(in KvmExitFrame frame, Random random, bool torn)
    {
        KvmExit exit;
        try
        {
            exit = ExitDecoder.Decode(frame, 1);
        }
        catch (KvmException exception) when (exception.Errno == Errno.EPROTO)
        {
            return false;
        }
        _ = exit.ToString();
        frame.Vcpu.Pending = exit;
        for (int i = 0; i < 3; i++)
            Set(exit, random);
        // What is there by now does not decide where the answer goes.
        Span<byte> area = frame.At(..);
        Fill(area, random);
        byte[] before = area.ToArray();
        exit.Answer(frame);
        if (!torn)
            ThrowUnlessAnswered(exit, before, area);
        return true;
    }

    private static void Set(KvmExit exit, Random random)
    {
        object value = random.Next(4) switch { 0 => 0, 1 => (byte)random.Next(256), 2 => random.Next(), _ => Hostile.Number(random) };
        try
        {
            switch (exit)
            {
                case KvmAccessExit access when random.Next(2) == 0:
                    access.Data = new byte[random.Next(3) == 0 ? random.Next(10000) : access.Data.Length];
                    break;
                case KvmAccessExit access:
                    access.Value = value;
                    _ = (ulong)access.Value;
                    break;
                case KvmMsrExit msr:
                    msr.Fail = random.Next(2) == 0;
                    msr.Value = value;
                    break;
                case KvmHypercallExit call:
                    call.Value = value;
                    break;
                case KvmOtherExit other:
                    other.Value = random.Next(3) == 0 ? new object[] { value, 1, value } : value;
                    _ = other.Value;
                    break;
            }
        }
        catch (Exception exception) when (exception is ArgumentException or KvmExitCompletedException)
        {
            // A value that does not fit, and one that nobody waits for.
        }
    }

    private static void ThrowUnlessAnswered(KvmExit exit, byte[] before, ReadOnlySpan<byte> after)
    {
        // Nothing of the header, and outside of the description only the data of a port access.
        (int from, int to) = exit is KvmIoExit ? (Environment.SystemPageSize / 2, after.Length) : (KvmExitFrame.UnionOffset, KvmExitFrame.UnionOffset + KvmExitFrame.UnionSize);
        if (!after[..from].SequenceEqual(before.AsSpan(0, from)) || !after[to..].SequenceEqual(before.AsSpan(to)))
            throw new InvalidOperationException($"The answer to {exit} has changed what is none of it.");
    }

    private static void Write(nint start, int size, int seed, CancellationToken end)
    {
        var random = new Random(~seed);
        while (!end.IsCancellationRequested)
            Fill(new Span<byte>((void*)start, size), random);
    }
}
