using System.Buffers.Binary;
using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Ioctl;

/// <summary>Invoke-KvmIoctl: any request on any object.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "KvmIoctl", SupportsShouldProcess = true), OutputType(typeof(KvmIoctlResult))]
public sealed class InvokeKvmIoctlCommand : KvmCmdlet
{
    /// <summary>The object that the request is issued on.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public KvmObject InputObject { get; set; } = null!;

    /// <summary>The request's name or full number.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(RequestCompleter))]
    public RequestSelector Request { get; set; } = null!;

    /// <summary>The argument of a request that carries a number.</summary>
    [Parameter(Position = 2)]
    [Unsigned]
    public ulong? Value { get; set; }

    /// <summary>The argument of a request that carries a struct; not changed, the result has the bytes of afterwards.</summary>
    [Parameter]
    [ValidateNotNull]
    public byte[]? Buffer { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Request request = Request.Request;
        if (Argument(request, out byte[]? buffer) is { } problem)
        {
            WriteError(LookupErrors.IoctlArgumentInvalid(InputObject, $"{request.Name}: {problem}"));
            return;
        }
        if (!ShouldProcess(InputObject.ToString(), $"Issue {request.Name}"))
            return;
        // KVM_RUN ends when the guest wants; Ctrl-C has to end it before.
        using CancellationTokenRegistration stopping = PipelineStopToken.Register(
            static target => (target as KvmVcpu)?.Stop(), InputObject);
        Emit(() => new KvmIoctlResult(
            InputObject,
            request.Name,
            buffer is null ? InputObject.Ioctl(request, Value ?? 0) : InputObject.Ioctl(request, buffer),
            buffer));
    }

    /// <summary>Makes the argument in memory, null where the request carries a number; says what is wrong with it.</summary>
    private string? Argument(Request request, out byte[]? buffer)
    {
        buffer = Buffer?.ToArray();
        if (buffer is not null)
        {
            return Value is not null ? "-Value and -Buffer exclude each other."
                : request.Argument is RequestArgument.Value or RequestArgument.None ? "it takes a number, not a struct."
                : buffer.Length < request.ArgumentSize ? $"it takes {request.ArgumentSize} bytes, the buffer has {buffer.Length}."
                : null;
        }
        if (request.Argument is RequestArgument.Value or RequestArgument.None)
            return null;
        int size = request.ArgumentSize;
        buffer = new byte[size];
        if (Value is not { } value)
            return null;
        if (size is not (4 or 8) || (size == 4 && value > uint.MaxValue))
            return $"it takes {size} bytes, which 0x{value:X} is not.";
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(eight, value);
        eight[..size].CopyTo(buffer);
        return null;
    }
}
