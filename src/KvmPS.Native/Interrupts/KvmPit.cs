using System.Diagnostics.CodeAnalysis;
using KvmPS.Native.Abi;

namespace KvmPS.Native;

/// <summary>The state of a VM's i8254 timer at the time when it was read. It can be changed, and set again.</summary>
/// <seealso href="https://docs.kernel.org/virt/kvm/api.html">4.71 KVM_GET_PIT2, 4.72 KVM_SET_PIT2</seealso>
public sealed class KvmPit
{
    internal KvmPit(KvmVm vm, in kvm_pit_state2 state)
    {
        Vm = vm;
        Flags = (KvmPitFlags)state.flags;
        ReadOnlySpan<kvm_pit_channel_state> channels = state.channels;
        var read = new KvmPitChannel[channels.Length];
        for (int i = 0; i < read.Length; i++)
            read[i] = new KvmPitChannel(i, channels[i]);
        Channels = read;
    }

    /// <summary>The VM that it was read from.</summary>
    public KvmVm Vm { get; }

    /// <summary>The three counters.</summary>
    public IReadOnlyList<KvmPitChannel> Channels { get; }

    /// <summary>How it is used.</summary>
    public KvmPitFlags Flags { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"timer of {Vm}";

    internal kvm_pit_state2 ToState()
    {
        var state = new kvm_pit_state2 { flags = (uint)Flags };
        for (int i = 0; i < Channels.Count; i++)
            state.channels[i] = Channels[i].State;
        return state;
    }
}

/// <summary>How an i8254 is used.</summary>
[Flags]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The kernel calls them flags.")]
public enum KvmPitFlags : uint
{
    /// <summary>As the PC does.</summary>
    None = 0,

    /// <summary>The HPET has taken its interrupt over.</summary>
    HpetLegacy = Pit.KVM_PIT_FLAGS_HPET_LEGACY,

    /// <summary>Counter 2's output goes to the speaker.</summary>
    SpeakerDataOn = Pit.KVM_PIT_FLAGS_SPEAKER_DATA_ON,
}
