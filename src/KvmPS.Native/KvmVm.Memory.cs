using System.Collections.Immutable;
using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <content>Memory slots: what the guest sees as RAM and ROM.</content>
public sealed partial class KvmVm
{
    private ImmutableArray<KvmMemory> memory = [];

    /// <summary>The VM's memory slots, by guest address.</summary>
    public IReadOnlyList<KvmMemory> Memory => memory;

    /// <summary>KVM_SET_USER_MEMORY_REGION: gives the guest memory.</summary>
    /// <param name="options">Where it lies, how large it is and what is special about it.</param>
    /// <exception cref="KvmException">
    /// EEXIST: another slot has that number or overlaps; EINVAL: not page-aligned, beyond the last address or a slot
    /// number beyond the limit; open, ftruncate, mmap: the file or the memory cannot be had.
    /// </exception>
    public KvmMemory AddMemory(KvmMemoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        const string operation = nameof(Requests.KVM_SET_USER_MEMORY_REGION);
        lock (gate)
        {
            ThrowIfRemoved(operation);
            ThrowIfMisplaced(operation, options);
            uint slot = options.Slot ?? LowestFreeSlot();
            if (memory.FirstOrDefault(other => other.Slot == slot) is { } taken)
            {
                throw new KvmException(
                    operation, Errno.EEXIST, this, $"Slot {slot} of {this} is in use: it is at 0x{taken.GuestAddress:X}, 0x{taken.Size:X} bytes.");
            }
            // Found here, an overlap costs no file its length.
            if (memory.FirstOrDefault(other => Overlap(other, options)) is { } covered)
            {
                throw new KvmException(
                    operation, Errno.EEXIST, this,
                    $"0x{options.Size:X} bytes at 0x{options.GuestAddress:X} of {this} overlap slot {covered.Slot}: it is at 0x{covered.GuestAddress:X}, 0x{covered.Size:X} bytes.");
            }
            if (options.Flags.HasFlag(KvmMemoryFlags.LogDirtyPages))
                MakeDirtyLogManual();
            Descriptor? guestMemfd = options.Flags.HasFlag(KvmMemoryFlags.GuestMemfd) ? CreateGuestMemfd(options.Size) : null;
            Mapping? mapping = null;
            try
            {
                mapping = MemoryBacking.Map(options, this);
                var added = new KvmMemory(this, slot, options, mapping, guestMemfd);
                SetRegion(added, options.Size);
                memory = memory.Add(added).Sort((a, b) => a.GuestAddress.CompareTo(b.GuestAddress));
                return added;
            }
            catch
            {
                mapping?.Dispose();
                guestMemfd?.Dispose();
                throw;
            }
        }
    }

    /// <summary>Copies guest memory; the range may cross slots.</summary>
    /// <param name="address">The guest-physical address of the first byte.</param>
    /// <param name="destination">Takes the bytes; not changed where any of them is not mapped.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="KvmException">EFAULT: part of the range is in no slot.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public unsafe void ReadMemory(ulong address, Span<byte> destination, CancellationToken cancellation = default)
    {
        fixed (byte* target = destination)
        {
            byte* next = target;
            Transfer(address, (ulong)destination.Length, nameof(ReadMemory), (slot, at, length) => Pieces(at, length, (piece, size) =>
            {
                Copy(next, piece, (nuint)size, slot);
                next += size;
            }, cancellation));
        }
    }

    /// <summary>Changes guest memory; the range may cross slots.</summary>
    /// <param name="address">The guest-physical address of the first byte.</param>
    /// <param name="source">The bytes; none is written where any part of the range is not mapped.</param>
    /// <remarks>Slots that are read-only for the guest are written too, unless they are a file: that is how ROM gets its contents.</remarks>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="KvmException">EFAULT: part of the range is in no slot; EACCES: a read-only file is.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public unsafe void WriteMemory(ulong address, ReadOnlySpan<byte> source, CancellationToken cancellation = default)
    {
        fixed (byte* origin = source)
        {
            byte* next = origin;
            Transfer(address, (ulong)source.Length, nameof(WriteMemory), (slot, at, length) => Pieces(at, length, (piece, size) =>
            {
                Copy(piece, next, (nuint)size, slot);
                next += size;
            }, cancellation));
        }
    }

    /// <summary>Writes guest memory to a file, from its current position on.</summary>
    /// <inheritdoc cref="ReadMemory(ulong, Span{byte}, CancellationToken)"/>
    /// <param name="address">The guest-physical address of the first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="file">Takes the bytes.</param>
    /// <param name="cancellation">Ends it before.</param>
    public unsafe void ReadMemory(ulong address, ulong length, FileStream file, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        FileSizeLimit.IsAnErrno();
        Transfer(address, length, nameof(ReadMemory), (_, at, part) =>
            Pieces(at, part, (piece, size) => FileCall.Write(file, new ReadOnlySpan<byte>(piece, size)), cancellation));
    }

    /// <summary>Fills guest memory from a file, from its current position on.</summary>
    /// <inheritdoc cref="WriteMemory(ulong, ReadOnlySpan{byte}, CancellationToken)"/>
    /// <param name="address">The guest-physical address of the first byte.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="file">Gives the bytes.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="EndOfStreamException">The file has fewer bytes.</exception>
    public unsafe void WriteMemory(ulong address, ulong length, FileStream file, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        Transfer(address, length, nameof(WriteMemory), (_, at, part) =>
            Pieces(at, part, (piece, size) => FileCall.Read(file, new Span<byte>(piece, size)), cancellation));
    }

    /// <summary>Throws, as reading it would, where part of a range is in no slot.</summary>
    /// <param name="address">The guest-physical address of the first byte.</param>
    /// <param name="length">Bytes.</param>
    public unsafe void ThrowIfNotMapped(ulong address, ulong length) =>
        Transfer(address, length, nameof(ReadMemory), static (_, _, _) => { });

    /// <summary>Throws, as writing it would, where part of a range is in no slot or in a file that is read-only.</summary>
    internal unsafe void ThrowIfNotWritable(ulong address, ulong length) =>
        Transfer(address, length, nameof(WriteMemory), static (_, _, _) => { });

    internal void RemoveMemory(KvmMemory slot)
    {
        lock (gate)
        {
            if (slot.State == KvmObjectState.Removed)
                throw new KvmObjectRemovedException("Remove", slot);
            SetRegion(slot, size: 0);
            memory = memory.Remove(slot);
            ForgetDirtyPages(slot.Slot);
            slot.Close();
        }
    }

    private unsafe delegate void Part(KvmMemory slot, byte* at, nuint length);

    private unsafe delegate void Piece(byte* at, int length);

    /// <summary>Hands out the parts of a range, slot by slot, after all of them are known to be there.</summary>
    private unsafe void Transfer(ulong address, ulong length, string operation, Part part)
    {
        ThrowIfRemoved(operation);
        var held = new List<(KvmMemory Slot, ulong Offset, ulong Length)>();
        try
        {
            for (ulong at = address, left = length; left > 0;)
            {
                KvmMemory? slot = memory.FirstOrDefault(slot => at - slot.GuestAddress < slot.Size);
                if (slot is null || !slot.Mapping.TryHold())
                {
                    throw new KvmException(operation, Errno.EFAULT, this, $"{operation} of 0x{length:X} bytes at 0x{address:X} of {this}: there is no memory at 0x{at:X}. Nothing was copied.");
                }
                ulong offset = at - slot.GuestAddress;
                ulong size = Math.Min(left, slot.Size - offset);
                held.Add((slot, offset, size));
                if (operation == nameof(WriteMemory) && slot is { Path: not null, Flags: var flags } && flags.HasFlag(KvmMemoryFlags.ReadOnly))
                    throw new KvmException(operation, Errno.EACCES, slot, $"{slot} is the file {slot.Path}, opened for reading only. Nothing was copied.");
                at += size;
                left -= size;
                if (at == 0 && left > 0)
                    throw new KvmException(operation, Errno.EFAULT, this, $"{operation} of 0x{length:X} bytes at 0x{address:X} of {this} goes beyond the last address. Nothing was copied.");
            }
            foreach ((KvmMemory slot, ulong offset, ulong size) in held)
                part(slot, (byte*)slot.Mapping.Address + offset, (nuint)size);
        }
        finally
        {
            foreach ((KvmMemory slot, _, _) in held)
                slot.Mapping.DangerousRelease();
        }
    }

    private static unsafe void Copy(byte* to, byte* from, nuint length, KvmMemory slot)
    {
        if (slot.Path is null)
            Buffer.MemoryCopy(from, to, length, length);
        else if (!Libc.TryCopy(to, from, length, out Errno errno))
            throw errno == Errno.EFAULT
                ? new KvmException("process_vm_readv", errno, slot, $"{slot}: the file {slot.Path} is shorter than the slot by now.")
                : new KvmException("process_vm_readv", errno, slot);
    }

    // Pieces of a few milliseconds: what takes longer has to end within a moment where somebody wants it to.
    private static unsafe void Pieces(byte* at, nuint length, Piece piece, CancellationToken cancellation)
    {
        const int Most = 4 << 20;
        for (; length > 0; length -= (nuint)Math.Min(length, Most))
        {
            cancellation.ThrowIfCancellationRequested();
            var size = (int)Math.Min(length, Most);
            piece(at, size);
            at += size;
        }
    }

    private unsafe void SetRegion(KvmMemory slot, ulong size)
    {
        if (slot.GuestMemfd is { } guestMemfd)
        {
            var region = new kvm_userspace_memory_region2
            {
                slot = slot.Slot,
                flags = (uint)slot.Flags,
                guest_phys_addr = slot.GuestAddress,
                memory_size = size,
                userspace_addr = (ulong)slot.Mapping.Address,
                guest_memfd = (uint)guestMemfd.Number,
            };
            Ioctl(Requests.KVM_SET_USER_MEMORY_REGION2, ref region);
        }
        else
        {
            var region = new kvm_userspace_memory_region
            {
                slot = slot.Slot,
                flags = (uint)slot.Flags,
                guest_phys_addr = slot.GuestAddress,
                memory_size = size,
                userspace_addr = (ulong)slot.Mapping.Address,
            };
            Ioctl(Requests.KVM_SET_USER_MEMORY_REGION, ref region);
        }
    }

    private Descriptor CreateGuestMemfd(ulong size)
    {
        var owner = new Descriptor();
        var create = new kvm_create_guest_memfd { size = size };
        owner.Own(Ioctl(Requests.KVM_CREATE_GUEST_MEMFD, ref create));
        // Of all descriptors that KVM makes the kernel leaves this one to child processes.
        if (Libc.TryKeepFromChildren(owner, out Errno errno))
            return owner;
        owner.Dispose();
        throw new KvmException("fcntl", errno, this);
    }

    private void ThrowIfMisplaced(string operation, KvmMemoryOptions options)
    {
        var page = (ulong)Environment.SystemPageSize;
        string? problem =
            options.Size == 0 ? "a slot has at least one page"
            : (options.GuestAddress | options.Size | options.Offset) % page != 0 ? $"address, size and offset are multiples of 0x{page:X}"
            : options.GuestAddress + options.Size - 1 < options.GuestAddress ? "it goes beyond the last address"
            : null;
        if (problem is not null)
        {
            throw new KvmException(
                operation, Errno.EINVAL, this, $"{this}: no memory of 0x{options.Size:X} bytes at 0x{options.GuestAddress:X}: {problem}.");
        }
    }

    private static bool Overlap(KvmMemory slot, KvmMemoryOptions options) =>
        slot.GuestAddress <= options.GuestAddress + (options.Size - 1) && options.GuestAddress <= slot.GuestAddress + (slot.Size - 1);

    private uint LowestFreeSlot()
    {
        uint slot = 0;
        while (memory.Any(other => other.Slot == slot))
            slot++;
        return slot;
    }
}
