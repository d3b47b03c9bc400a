namespace KvmPS.Native;

/// <summary>A 16550A, as software sees it, whose line is as fast as its processor. Not safe for several threads.</summary>
/// <remarks>The modem on its other end is always there: DCD, DSR and CTS are on.</remarks>
/// <seealso href="https://www.ti.com/lit/ds/symlink/pc16550d.pdf">PC16550D, 8.0 Registers</seealso>
/// <param name="transmit">Takes what is sent.</param>
/// <param name="interrupt">Takes the interrupt's level whenever it changes.</param>
internal sealed class Uart16550(Action<byte> transmit, Action<bool> interrupt)
{
    /// <summary>The registers, from the first port on.</summary>
    public const int Registers = 8;

    private const int FifoSize = 16;

    private const byte ReceivedEnable = 0x01;
    private const byte TransmitEnable = 0x02;
    private const byte LineEnable = 0x04;
    private const byte ModemEnable = 0x08;
    private const byte EnableMask = 0x0F;

    private const byte NoInterrupt = 0x01;
    private const byte ModemInterrupt = 0x00;
    private const byte TransmitInterrupt = 0x02;
    private const byte ReceivedInterrupt = 0x04;
    private const byte LineInterrupt = 0x06;
    private const byte TimeoutInterrupt = 0x0C;
    private const byte FifosEnabled = 0xC0;

    private const byte FifoEnable = 0x01;
    private const byte FifoClearReceived = 0x02;

    private const byte DivisorAccess = 0x80;

    private const byte DataTerminalReady = 0x01;
    private const byte RequestToSend = 0x02;
    private const byte Out1 = 0x04;
    private const byte Out2 = 0x08;
    private const byte Loop = 0x10;
    private const byte ModemControlMask = 0x1F;

    private const byte DataReady = 0x01;
    private const byte Overrun = 0x02;
    private const byte TransmitterEmpty = 0x60;

    private const byte ClearToSend = 0x10;
    private const byte DataSetReady = 0x20;
    private const byte RingIndicator = 0x40;
    private const byte CarrierDetect = 0x80;
    private const byte TrailingRing = 0x04;

    // The trigger levels of FCR's two highest bits.
    private static readonly int[] TriggerLevels = [1, 4, 8, 14];

    private readonly Queue<byte> received = new();
    private readonly Queue<byte> looped = new();
    private byte interruptEnable;
    private byte fifoControl;
    private byte lineControl;
    private byte modemControl;
    private byte modemChanges;
    private byte scratch;
    private byte divisorLow = 1;
    private byte divisorHigh;
    private bool transmitPending;
    private bool overrun;
    private bool level;

    /// <summary>What comes in on the line.</summary>
    public void Receive(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
            received.Enqueue(one);
        Update();
    }

    /// <summary>The processor reads a register, which may change it.</summary>
    public byte Read(int register)
    {
        byte value = register switch
        {
            0 => HasDivisor ? divisorLow : ReadReceived(),
            1 => HasDivisor ? divisorHigh : interruptEnable,
            2 => ReadInterruptId(),
            3 => lineControl,
            4 => modemControl,
            5 => ReadLineStatus(),
            6 => ReadModemStatus(),
            _ => scratch,
        };
        Update();
        return value;
    }

    /// <summary>The processor writes a register.</summary>
    public void Write(int register, byte value)
    {
        switch (register)
        {
            case 0 when HasDivisor:
                divisorLow = value;
                break;
            case 0:
                Transmit(value);
                break;
            case 1 when HasDivisor:
                divisorHigh = value;
                break;
            case 1:
                WriteInterruptEnable((byte)(value & EnableMask));
                break;
            case 2:
                WriteFifoControl(value);
                break;
            case 3:
                lineControl = value;
                break;
            case 4:
                WriteModemControl((byte)(value & ModemControlMask));
                break;
            case 7:
                scratch = value;
                break;
        }
        Update();
    }

    private bool HasDivisor => (lineControl & DivisorAccess) != 0;

    private bool IsLooped => (modemControl & Loop) != 0;

    private bool HasFifos => (fifoControl & FifoEnable) != 0;

    // What was looped back stays to be read; what comes from outside waits meanwhile.
    private int Available => looped.Count > 0 || IsLooped ? looped.Count : received.Count;

    private byte InterruptId =>
        (interruptEnable & LineEnable) != 0 && overrun ? LineInterrupt
        : (interruptEnable & ReceivedEnable) != 0 && Available > 0 ? ReceivedId
        : (interruptEnable & TransmitEnable) != 0 && transmitPending ? TransmitInterrupt
        : (interruptEnable & ModemEnable) != 0 && modemChanges != 0 ? ModemInterrupt
        : NoInterrupt;

    private byte ReceivedId => HasFifos && Available < TriggerLevels[fifoControl >> 6] ? TimeoutInterrupt : ReceivedInterrupt;

    private byte ModemStatus => !IsLooped
        ? (byte)(CarrierDetect | DataSetReady | ClearToSend)
        : (byte)(((modemControl & RequestToSend) != 0 ? ClearToSend : 0)
            | ((modemControl & DataTerminalReady) != 0 ? DataSetReady : 0)
            | ((modemControl & Out1) != 0 ? RingIndicator : 0)
            | ((modemControl & Out2) != 0 ? CarrierDetect : 0));

    private byte ReadReceived() => Available == 0 ? (byte)0 : (looped.Count > 0 ? looped : received).Dequeue();

    private byte ReadInterruptId()
    {
        byte id = InterruptId;
        if (id == TransmitInterrupt)
            transmitPending = false;
        return (byte)(id | (HasFifos ? FifosEnabled : 0));
    }

    private byte ReadLineStatus()
    {
        int status = TransmitterEmpty | (Available > 0 ? DataReady : 0) | (overrun ? Overrun : 0);
        overrun = false;
        return (byte)status;
    }

    private byte ReadModemStatus()
    {
        byte status = (byte)(ModemStatus | modemChanges);
        modemChanges = 0;
        return status;
    }

    private void Transmit(byte value)
    {
        // It is full for a moment: an interrupt that is triggered by its edge comes for every byte.
        transmitPending = false;
        Update();
        transmitPending = true;
        if (!IsLooped)
            transmit(value);
        else if (looped.Count < (HasFifos ? FifoSize : 1))
            looped.Enqueue(value);
        else
            overrun = true;
    }

    private void WriteInterruptEnable(byte value)
    {
        bool wasEnabled = (interruptEnable & TransmitEnable) != 0;
        interruptEnable = value;
        if ((value & TransmitEnable) != 0 != wasEnabled)
            transmitPending = !wasEnabled;
    }

    private void WriteFifoControl(byte value)
    {
        // Turning them on or off clears them, too.
        if ((value & FifoClearReceived) != 0 || ((value ^ fifoControl) & FifoEnable) != 0)
            looped.Clear();
        fifoControl = (value & FifoEnable) != 0 ? value : (byte)0;
    }

    private void WriteModemControl(byte value)
    {
        byte before = ModemStatus;
        modemControl = value;
        int changed = before ^ ModemStatus;
        // A delta bit for each line, four places lower; ringing counts when it ends.
        int deltas = (changed >> 4) & ~TrailingRing;
        if ((changed & before & RingIndicator) != 0)
            deltas |= TrailingRing;
        modemChanges |= (byte)deltas;
    }

    // On a PC the pin OUT2 lets the interrupt through; looped back, it is off.
    private void Update()
    {
        bool now = InterruptId != NoInterrupt && (modemControl & (Out2 | Loop)) == Out2;
        if (now == level)
            return;
        level = now;
        interrupt(now);
    }
}
