using System.Runtime.CompilerServices;
using KvmPS.Native;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Fuzz;

/// <summary>Rings that somebody else fills as the kernel would not.</summary>
internal static unsafe class RingFuzz
{
    // Where a vCPU's descriptor has its dirty ring: KVM_DIRTY_LOG_PAGE_OFFSET.
    private const int FirstPage = 64;

    /// <summary>A dirty ring with entries of any content, which are made dirty again while they are taken.</summary>
    public static Tally Dirty(int seed, int rounds)
    {
        var random = new Random(seed);
        int page = Environment.SystemPageSize;
        string path = Path.GetTempFileName();
        using var file = new Descriptor();
        if (!Libc.TryOpen(path, OpenFlags.O_RDWR, file, out Errno errno) || !Libc.TrySetSize(file, (FirstPage + 1) * page, out errno))
            throw new KvmException("open", errno, path);
        File.Delete(path);
        using var ring = new DirtyRing(file, (uint)page, null!);
        using Mapping theirs = Mapping.OfFile(file, (ulong)(FirstPage * page), (ulong)page, writable: true, path);
        var entries = (kvm_dirty_gfn*)theirs.Address;
        int count = page / Unsafe.SizeOf<kvm_dirty_gfn>();
        var tally = new Tally();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < count; i++)
            {
                entries[i].flags = random.Next(4) == 0 ? (uint)Hostile.Number(random) : DirtyLog.KVM_DIRTY_GFN_F_DIRTY;
                entries[i].slot = (uint)Hostile.Number(random);
                entries[i].offset = Hostile.Number(random);
            }
            int taken = 0;
            ring.Harvest((_, _) =>
            {
                taken++;
                for (int i = 0; i < count && round % 2 == 0; i++)
                    entries[i].flags = DirtyLog.KVM_DIRTY_GFN_F_DIRTY;
            });
            if (taken > count)
                throw new InvalidOperationException($"{taken} of {count} entries were taken.");
            tally.Taken += taken;
            tally.Refused += count - taken;
        }
        return tally;
    }

    /// <summary>A ring of collected writes whose numbers lead anywhere.</summary>
    public static Tally Coalesced(int seed, int rounds)
    {
        var random = new Random(seed);
        int page = Environment.SystemPageSize;
        (Mapping owner, nint start) = Mapping.BetweenGuardPages(page);
        int most = (page - sizeof(kvm_coalesced_mmio_ring)) / sizeof(kvm_coalesced_mmio);
        var tally = new Tally();
        for (int round = 0; round < rounds; round++)
        {
            var area = new Span<byte>((void*)start, page);
            random.NextBytes(area);
            var entries = (kvm_coalesced_mmio*)((kvm_coalesced_mmio_ring*)start + 1);
            for (int i = 0; i < most && round % 4 != 0; i++)
                entries[i].len = random.Next(200) == 0 ? (uint)Hostile.Number(random) : (uint)random.Next(9);
            Hostile.Put(area, 0, 4, random.Next(3) == 0 ? Hostile.Number(random) : (ulong)random.Next(most + 1));
            Hostile.Put(area, 4, 4, random.Next(3) == 0 ? Hostile.Number(random) : (ulong)random.Next(most + 1));
            try
            {
                List<KvmCoalescedWrite> writes = CoalescedRing.Take(null!, start);
                if (writes.Count >= most || writes.Exists(write => write.Size > 8))
                    throw new InvalidOperationException($"{writes.Count} writes were taken.");
                writes.ForEach(write => _ = write.ToString());
                tally.Taken++;
            }
            catch (KvmException exception) when (exception.Errno == Errno.EPROTO)
            {
                tally.Refused++;
            }
        }
        owner.Dispose();
        return tally;
    }
}
