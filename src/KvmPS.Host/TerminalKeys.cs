using RadLine;

namespace KvmPS.Host;

/// <summary>
/// The terminal's keys, one at a time: what is typed ahead stays for the command before the next line.
/// </summary>
/// <remarks>
/// The editor waits for a key by asking every few milliseconds, on another thread from then on, and empties the
/// terminal when it has one. It does neither where the answer is yes before a key and no behind it.
/// </remarks>
internal sealed class TerminalKeys : IInputSource
{
    private bool hasRead;

    // Otherwise a pasted Enter is not an Enter.
    public bool ByPassProcessing => true;

    public bool IsKeyAvailable() => !hasRead || (hasRead = false);

    public ConsoleKeyInfo ReadKey()
    {
        hasRead = true;
        return Console.ReadKey(intercept: true);
    }
}
