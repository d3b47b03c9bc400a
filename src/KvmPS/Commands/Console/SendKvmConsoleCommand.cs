using System.Management.Automation;
using System.Text;
using KvmPS.Native;

namespace KvmPS.Commands.Console;

/// <summary>Send-KvmConsole: a text that the guest reads from its UART.</summary>
[Cmdlet(VerbsCommunications.Send, "KvmConsole", SupportsShouldProcess = true)]
public sealed class SendKvmConsoleCommand : VmCmdlet
{
    /// <summary>The text, sent as UTF-8.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [AllowEmptyString]
    public string Text { get; set; } = "";

    /// <summary>No carriage return behind it.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>The UART's first port.</summary>
    [Parameter]
    public ushort Port { get; set; } = KvmUart.FirstPort;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // What the enter key of a terminal sends.
        byte[] bytes = Encoding.UTF8.GetBytes(NoNewline ? Text : Text + '\r');
        foreach (KvmVm vm in Resolve(Vm))
        {
            if (ShouldProcess(vm.ToString(), $"Send {bytes.Length} bytes to the UART at 0x{Port:X}"))
                Attempt(() => vm.GetUart(Port).Send(bytes));
        }
    }
}
