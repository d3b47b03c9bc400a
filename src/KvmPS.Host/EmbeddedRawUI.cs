using System.Management.Automation.Host;

namespace KvmPS.Host;

/// <summary>The little that formatting wants to know of a terminal.</summary>
internal sealed class EmbeddedRawUI : PSHostRawUserInterface
{
    /// <summary>The terminal's own colour, which nobody knows.</summary>
    public const ConsoleColor DefaultColor = (ConsoleColor)(-1);

    private const int WidthWhenRedirected = 120;

    public override ConsoleColor BackgroundColor { get; set; } = DefaultColor;

    public override ConsoleColor ForegroundColor { get; set; } = DefaultColor;

    public override Size BufferSize
    {
        get => WindowSize;
        set => throw new NotSupportedException();
    }

    public override Size WindowSize
    {
        get => Console.IsOutputRedirected || Console.WindowWidth <= 0
            ? new Size(WidthWhenRedirected, 50)
            : new Size(Console.WindowWidth, Console.WindowHeight);
        set => throw new NotSupportedException();
    }

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override Size MaxWindowSize => WindowSize;

    public override Coordinates CursorPosition
    {
        get => Console.IsOutputRedirected ? default : new Coordinates(Console.CursorLeft, Console.CursorTop);
        set => Console.SetCursorPosition(value.X, value.Y);
    }

    public override Coordinates WindowPosition
    {
        get => default;
        set => throw new NotSupportedException();
    }

    public override int CursorSize { get; set; } = 25;

    public override string WindowTitle { get; set; } = "";

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
            Console.ReadKey(intercept: true);
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new NotSupportedException();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new NotSupportedException();

    public override void ScrollBufferContents(
        Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) =>
        throw new NotSupportedException();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) =>
        throw new NotSupportedException();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => Console.Clear();
}
