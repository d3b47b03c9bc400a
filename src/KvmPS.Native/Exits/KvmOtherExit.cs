using System.Collections;
using System.Collections.Specialized;
using System.Runtime.InteropServices;

namespace KvmPS.Native;

/// <summary>An exit whose fields have the kernel's names.</summary>
public sealed class KvmOtherExit : KvmExit
{
    private (int Offset, int Size) answer;

    internal KvmOtherExit(in KvmExitFrame frame, ulong sequence, int size, params ReadOnlySpan<(string Name, object Value)> fields)
        : base(frame, sequence, size)
    {
        var table = new OrderedDictionary(fields.Length);
        foreach ((string name, object value) in fields)
            table.Add(name, value);
        Fields = table.AsReadOnly();
    }

    /// <summary>The fields, as kvm_run names them, and as they were when the guest stopped.</summary>
    public OrderedDictionary Fields { get; }

    /// <summary>
    /// What the guest, or the kernel, gets back: a ulong, or several. Takes any integer that fits, or as many as there are; null
    /// where nothing is awaited.
    /// </summary>
    public object? Value
    {
        get => answer.Size == 0 ? null
            : answer.Size <= sizeof(ulong) ? GuestValue.Read(Answered)
            : MemoryMarshal.Cast<byte, ulong>(Answered).ToArray();
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (answer.Size == 0)
                throw new KvmExitCompletedException(this);
            ThrowUnlessPending();
            object[] items = value is IList list ? [.. list.Cast<object>()] : [value];
            int item = Math.Min(answer.Size, sizeof(ulong));
            if (items.Length > answer.Size / item)
                throw new ArgumentException($"{this} takes {answer.Size / item} values, not {items.Length}.", nameof(value));
            byte[] bytes = Answered.ToArray();
            for (int i = 0; i < items.Length; i++)
                GuestValue.Write(items[i], bytes.AsSpan(i * item, item));
            bytes.CopyTo(Answered);
        }
    }

    /// <inheritdoc/>
    public override string Description => Fields.Count == 0
        ? $"0x{Convert.ToHexString(Raw)}"
        : string.Join(", ", Fields.Cast<DictionaryEntry>().Select(entry => $"{entry.Key} {Text(entry.Value)}"));

    private Span<byte> Answered => Raw.AsSpan(answer.Offset, answer.Size);

    private static string Text(object? value) => value is ulong[] several
        ? string.Join(" ", several.Select(item => $"0x{item:X}"))
        : value is Enum ? $"{value}" : $"0x{value:X}";

    /// <summary>Says where in the exit's bytes an answer is awaited.</summary>
    internal KvmOtherExit AnsweredAt(int offset, int size)
    {
        answer = (offset, size);
        return this;
    }

    /// <summary>What is changed in <see cref="KvmExit.Raw"/> is what the kernel finds: that is how a call gets its result.</summary>
    internal override void Answer(in KvmExitFrame frame) => Raw.CopyTo(frame.Describing(Raw.Length));
}
