using KvmPS.Native.Abi;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>What KVM_CHECK_EXTENSION says of one capability.</summary>
/// <param name="Name">The kernel's name, such as KVM_CAP_IRQCHIP.</param>
/// <param name="Number">The capability's number.</param>
/// <param name="Value">The kernel's answer: 0 not supported, otherwise supported and often a value of its own.</param>
/// <param name="Scope">What was asked: the system (/dev/kvm) or a VM.</param>
public sealed record KvmCapability(string Name, uint Number, int Value, RequestScope Scope)
{
    private static readonly Lazy<(string Name, uint Number)[]> Known = new(() =>
        [.. Enum.GetValues<Capability>().Select(capability => (capability.ToString(), (uint)capability))]);

    /// <summary>Whether the kernel supports the capability.</summary>
    public bool Supported => Value > 0;

    /// <summary>Every capability that this library knows, by number.</summary>
    public static IEnumerable<(string Name, uint Number)> All => Known.Value;

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static KvmCapability[] Query(RequestScope scope, Func<uint, int> check) =>
        [.. Known.Value.Select(known => new KvmCapability(known.Name, known.Number, Ask(known.Number, check), scope))];

    // A few are a question to a VM only, such as KVM_CAP_MSI_DEVID on arm64: EINVAL says that here they are not supported.
    private static int Ask(uint number, Func<uint, int> check)
    {
        try
        {
            return check(number);
        }
        catch (KvmException exception) when (exception.Errno == Errno.EINVAL)
        {
            return 0;
        }
    }
}
