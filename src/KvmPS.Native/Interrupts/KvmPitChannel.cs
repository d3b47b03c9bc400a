using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>The state of one counter of an i8254.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">struct kvm_pit_channel_state</seealso>
public sealed class KvmPitChannel
{
    private kvm_pit_channel_state state;

    internal KvmPitChannel(int channel, in kvm_pit_channel_state state)
    {
        Channel = channel;
        this.state = state;
    }

    /// <summary>The counter, 0 to 2. Counter 0 raises interrupt 0.</summary>
    public int Channel { get; }

    /// <summary>What it counts down from, at 1.193182 MHz; 65536 at most.</summary>
    public uint Count { get => state.count; set => state.count = value; }

    /// <summary>The count that the guest reads.</summary>
    public int LatchedCount { get => state.latched_count; set => state.latched_count = checked((ushort)value); }

    /// <summary>Not 0 where that was latched: which half comes next.</summary>
    public byte CountLatched { get => state.count_latched; set => state.count_latched = value; }

    /// <summary>1 where <see cref="Status"/> was latched.</summary>
    public byte StatusLatched { get => state.status_latched; set => state.status_latched = value; }

    /// <summary>The status that the guest reads.</summary>
    public byte Status { get => state.status; set => state.status = value; }

    /// <summary>Which half the guest reads next.</summary>
    public byte ReadState { get => state.read_state; set => state.read_state = value; }

    /// <summary>Which half the guest writes next.</summary>
    public byte WriteState { get => state.write_state; set => state.write_state = value; }

    /// <summary>The half that was written.</summary>
    public byte WriteLatch { get => state.write_latch; set => state.write_latch = value; }

    /// <summary>Which halves are accessed: 1 low, 2 high, 3 both.</summary>
    public byte ReadWriteMode { get => state.rw_mode; set => state.rw_mode = value; }

    /// <summary>The counter's mode, 0 to 5: 2 is the rate generator, 3 the square wave.</summary>
    public byte Mode { get => state.mode; set => state.mode = value; }

    /// <summary>1 where it counts in decimal.</summary>
    public byte Bcd { get => state.bcd; set => state.bcd = value; }

    /// <summary>1 where it may count.</summary>
    public byte Gate { get => state.gate; set => state.gate = value; }

    /// <summary>When the count was loaded, in nanoseconds of the host's monotonic clock. Setting the state begins anew.</summary>
    public long CountLoadTime { get => state.count_load_time; set => state.count_load_time = value; }

    internal kvm_pit_channel_state State => state;

    /// <inheritdoc/>
    public override string ToString() => $"counter {Channel}: mode {Mode}, {Count}";
}
