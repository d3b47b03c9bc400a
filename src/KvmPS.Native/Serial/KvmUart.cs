using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A 16550A at a VM's ports, whose other end is here. Safe for use by several threads at once.</summary>
/// <remarks><see cref="KvmVm.GetUart"/> makes it; a vCPU reaches it in <see cref="KvmRun.Next(KvmUart)"/>.</remarks>
public sealed class KvmUart
{
    /// <summary>The port of a PC's first serial line.</summary>
    public const ushort FirstPort = 0x3F8;

    /// <summary>The interrupt line of a PC's first serial line.</summary>
    public const uint FirstIrq = 4;

    /// <summary>A line of text that is longer is handed out in parts.</summary>
    public const int LongestLine = 1 << 16;

    // A guest that writes more than is read has to wait.
    private const int MostWaiting = 1 << 20;

    private readonly object gate = new();
    private readonly Uart16550 chip;
    private readonly List<byte> written = [];
    private int searched;
    private bool hasInterrupts = true;
    private Action? reader;

    internal KvmUart(KvmVm vm, ushort port, uint irq)
    {
        Vm = vm;
        Port = port;
        Irq = irq;
        chip = new Uart16550(Transmit, SetInterrupt);
    }

    /// <summary>The VM.</summary>
    public KvmVm Vm { get; }

    /// <summary>The first of its eight ports.</summary>
    public ushort Port { get; }

    /// <summary>The interrupt line that it raises, where the VM has interrupt controllers in the kernel.</summary>
    public uint Irq { get; }

    /// <inheritdoc/>
    public override string ToString() => $"UART 0x{Port:X} of {Vm}";

    /// <summary>Sends to the guest what it shall read.</summary>
    /// <param name="bytes">They wait here until it does.</param>
    /// <exception cref="KvmException">KVM_IRQ_LINE failed.</exception>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
            chip.Receive(bytes);
    }

    /// <summary>Begins to read what the guest writes. As long as somebody does, a guest that writes too much waits.</summary>
    /// <param name="news">Is called, on the guest's thread, when there is a line, or much of one. Must not block.</param>
    public void BeginRead(Action news)
    {
        lock (gate)
            reader = news;
    }

    /// <summary>Ends what <see cref="BeginRead"/> began. What was not read stays for the next.</summary>
    public void EndRead()
    {
        lock (gate)
        {
            reader = null;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Takes a line that the guest wrote, without its end.</summary>
    /// <returns>Null where it has not ended one yet.</returns>
    public byte[]? ReadLine()
    {
        lock (gate)
        {
            int end = written.IndexOf((byte)'\n', searched);
            searched = written.Count;
            return end >= 0 ? Take(end, end + 1)
                : written.Count >= LongestLine ? Take(LongestLine, LongestLine)
                : null;
        }
    }

    /// <summary>What the guest wrote since its last whole line; it stays.</summary>
    public byte[] PeekRest()
    {
        lock (gate)
            return [.. written];
    }

    /// <summary>Takes what the guest wrote since its last whole line.</summary>
    public byte[] ReadRest()
    {
        lock (gate)
            return Take(written.Count, written.Count);
    }

    /// <summary>Answers an exit that is an access to the UART; false where it is none.</summary>
    internal bool TryHandle(scoped KvmExitFrame frame)
    {
        if (frame.Reason != ExitReason.Io)
            return false;
        kvm_run.io_t io = frame.Run.io;
        int register = io.port - Port;
        if (register is < 0 or >= Uart16550.Registers || io.size == 0)
            return false;
        lock (gate)
        {
            Span<byte> data = frame.Data;
            for (int i = 0; i < data.Length; i++)
            {
                int at = register + i % io.size;
                if (io.direction == IoExit.KVM_EXIT_IO_OUT)
                    Write(at, data[i]);
                else
                    data[i] = at < Uart16550.Registers ? chip.Read(at) : byte.MaxValue;
            }
            while (written.Count >= MostWaiting && reader is not null)
                Monitor.Wait(gate);
        }
        return true;
    }

    private void Write(int register, byte value)
    {
        if (register < Uart16550.Registers)
            chip.Write(register, value);
    }

    private byte[] Take(int length, int end)
    {
        byte[] taken = [.. written.GetRange(0, length)];
        written.RemoveRange(0, end);
        searched = 0;
        Monitor.PulseAll(gate);
        return taken;
    }

    private void Transmit(byte value)
    {
        written.Add(value);
        if (value == '\n' || written.Count % LongestLine == 0)
            reader?.Invoke();
    }

    private void SetInterrupt(bool level)
    {
        if (!hasInterrupts)
            return;
        try
        {
            Vm.SetIrqLine(Irq, level);
        }
        catch (KvmException exception) when (exception.Errno == Errno.ENXIO)
        {
            // No interrupt controller: the guest polls.
            hasInterrupts = false;
        }
    }
}
