namespace KvmPS.Native;

/// <summary>A guest reads or writes something that is not memory.</summary>
public abstract class KvmAccessExit : KvmExit
{
    private byte[] data = [];
    private Range place;

    private protected KvmAccessExit(in KvmExitFrame frame, ulong sequence, int size)
        : base(frame, sequence, size)
    {
    }

    /// <summary>
    /// The bytes: what the guest writes, or what it shall read. They can be changed in place, or as a whole by as many, while
    /// the guest waits for them.
    /// </summary>
    public byte[] Data
    {
        get => data;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ThrowUnlessAnswered();
            if (value.Length != data.Length)
                throw new ArgumentException($"{this} takes {data.Length} bytes, not {value.Length}.", nameof(value));
            data = value;
        }
    }

    /// <summary>
    /// One item as a number (a ulong): what the guest writes, or what it shall read. Takes any integer that fits; each item
    /// of a read becomes it.
    /// </summary>
    public object Value
    {
        get => GuestValue.Read(data.AsSpan(0, Math.Min(data.Length, ItemSize)));
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ThrowUnlessAnswered();
            for (int at = 0; at + ItemSize <= data.Length; at += ItemSize)
                GuestValue.Write(value, data.AsSpan(at, ItemSize));
        }
    }

    private protected void SetData(in KvmExitFrame frame, Range place)
    {
        this.place = place;
        data = frame.At(place).ToArray();
    }

    private protected abstract int ItemSize { get; }

    private protected abstract bool IsRead { get; }

    internal override void Answer(in KvmExitFrame frame)
    {
        if (IsRead)
            data.CopyTo(frame.At(place));
    }

    private void ThrowUnlessAnswered()
    {
        if (!IsRead)
            throw new KvmExitCompletedException(this);
        ThrowUnlessPending();
    }
}
