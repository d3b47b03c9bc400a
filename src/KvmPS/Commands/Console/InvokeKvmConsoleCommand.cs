using System.Management.Automation;
using System.Text.RegularExpressions;
using KvmPS.Binding;
using KvmPS.Commands.Vcpu;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Console;

/// <summary>Invoke-KvmConsole: runs vCPUs with a UART, and emits the lines that the guest writes to it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "KvmConsole", SupportsShouldProcess = true), OutputType(typeof(string), typeof(KvmExit))]
public sealed class InvokeKvmConsoleCommand : VcpuCmdlet
{
    // How soon a prompt is seen, which has no end of line.
    private static readonly TimeSpan PromptInterval = TimeSpan.FromMilliseconds(50);

    private readonly List<KvmVcpu> vcpus = [];
    private Regex? until;

    /// <summary>Ends when a line that the guest writes matches, also one that it has not ended yet.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Until { get; set; }

    /// <summary>How long at most, in seconds or as a TimeSpan; the last exit is Intr then.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Timeout { get; set; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>The UART's first port.</summary>
    [Parameter]
    public ushort Port { get; set; } = KvmUart.FirstPort;

    /// <summary>The interrupt line that the UART raises, where the VM has interrupt controllers in the kernel.</summary>
    [Parameter]
    public uint Irq { get; set; } = KvmUart.FirstIrq;

    /// <summary>Lines with the control characters that the guest wrote.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            // The text is the guest's choice: it must not choose how long matching takes.
            until = Until is null ? null : new Regex(Until, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            ThrowTerminatingError(LookupErrors.PatternInvalid(Until!, exception));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), "Run with a console (KVM_RUN)"))
                vcpus.Add(vcpu);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (IGrouping<KvmVm, KvmVcpu> machine in vcpus.Distinct().GroupBy(vcpu => vcpu.Vm))
        {
            ConsoleRun? run = null;
            var runner = new VcpuRunner(long.MaxValue, [ExitReason.Hlt], Timeout);
            if (!Attempt(() => run = new ConsoleRun(machine.Key.GetUart(Port, Irq), [.. machine], runner)))
                continue;
            using (run)
                Follow(run!);
        }
    }

    private void Follow(ConsoleRun run)
    {
        KvmUart uart = run.Uart;
        run.Start(PipelineStopToken);
        while (true)
        {
            bool isOver = run.IsOver;
            if (EmitLines(uart))
                return;
            while (run.TryTake(out PostedExit? posted))
            {
                WriteObject(posted.Exit);
                posted.Release();
                if (EmitLines(uart))
                    return;
            }
            if (isOver)
                break;
            run.Wait(until is null ? System.Threading.Timeout.InfiniteTimeSpan : PromptInterval);
        }
        if (uart.ReadRest() is { Length: > 0 } rest)
            WriteObject(Text(rest));
        foreach (KvmException failure in run.Failures)
            Report(failure);
    }

    /// <summary>Whether one was the one that was waited for.</summary>
    private bool EmitLines(KvmUart uart)
    {
        while (uart.ReadLine() is { } bytes)
        {
            string line = Text(bytes);
            WriteObject(line);
            if (until?.IsMatch(line) == true)
                return true;
        }
        if (until is null || !until.IsMatch(Text(uart.PeekRest())))
            return false;
        WriteObject(Text(uart.ReadRest()));
        return true;
    }

    private string Text(byte[] bytes) => Raw ? ConsoleText.From(bytes) : ConsoleText.Neutral(bytes);
}
