using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvmPS.Native.Abi;

/// <summary>A KVM ioctl: its number, computed from the type that it carries, and what is known of it.</summary>
/// <param name="Name">The kernel's name, for example KVM_CREATE_DEVICE.</param>
/// <param name="Value">ioctl(2)'s second argument on this architecture.</param>
/// <param name="Direction">The direction in the number.</param>
/// <param name="Number">The sequence number in the number. Several requests can share one.</param>
/// <param name="Size">The size in the number, in bytes: 0 where it carries none.</param>
/// <param name="Scope">The kinds of fd that answer it.</param>
/// <param name="Architectures">The architectures whose kernels answer it.</param>
/// <param name="Argument">What it takes as an argument.</param>
/// <param name="ArgumentSize">The bytes of the structure that it points to, without what may follow.</param>
/// <remarks>The kernel's Documentation/userspace-api/ioctl/ioctl-number.rst and Documentation/virt/kvm/api.rst.
/// </remarks>
public sealed record Request(
    string Name,
    nuint Value,
    RequestDirection Direction,
    byte Number,
    ushort Size,
    RequestScope Scope,
    Arch Architectures,
    RequestArgument Argument,
    ushort ArgumentSize)
{
    private const byte Kvmio = 0xAE;

    /// <summary>Whether kernels of this process's architecture answer it.</summary>
    internal bool IsOfThisArchitecture => (Architectures & RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => Arch.X86,
        Architecture.Arm64 => Arch.Arm64,
        _ => Arch.None,
    }) != 0;

    /// <summary>Computes a request's number.</summary>
    /// <param name="direction">The direction.</param>
    /// <param name="number">The sequence number.</param>
    /// <param name="size">The argument's size in bytes, below 8192.</param>
    /// <param name="architecture">powerpc and mips spell the direction with three bits, one of them for none.</param>
    /// <returns>ioctl(2)'s second argument.</returns>
    public static uint Encode(RequestDirection direction, byte number, ushort size, Arch architecture)
    {
        uint bits = (architecture & (Arch.PowerPC | Arch.Mips)) == 0
            ? (uint)direction << 30
            : direction switch
            {
                RequestDirection.None => 1u << 29,
                RequestDirection.Read => 2u << 29,
                RequestDirection.Write => 4u << 29,
                _ => 6u << 29,
            };
        return bits | (uint)size << 16 | (uint)Kvmio << 8 | number;
    }

    /// <summary>A request of which nothing but its full number is known.</summary>
    /// <param name="value">ioctl(2)'s second argument, of which direction, sequence number and size are read.</param>
    public static Request FromValue(uint value)
    {
        var size = (ushort)(value >> 16 & 0x3FFF);
        return new Request(
            $"0x{value:X8}", value, (RequestDirection)(value >> 30), (byte)value, size, RequestScope.None, Arch.None,
            size == 0 ? RequestArgument.Value : RequestArgument.Header, size);
    }

    internal static Request Io(
        byte number, RequestScope scope, Arch architectures = Arch.All, [CallerMemberName] string name = "")
        => Make(name, RequestDirection.None, number, 0, scope, architectures, RequestArgument.None);

    internal static Request IoValue(
        byte number, RequestScope scope, Arch architectures = Arch.All, [CallerMemberName] string name = "")
        => Make(name, RequestDirection.None, number, 0, scope, architectures, RequestArgument.Value);

    internal static Request Read<T>(
        byte number,
        RequestScope scope,
        Arch architectures = Arch.All,
        RequestArgument argument = RequestArgument.Struct,
        [CallerMemberName] string name = "")
        where T : unmanaged
        => Make(name, RequestDirection.Read, number, SizeOf<T>(), scope, architectures, argument);

    internal static Request Write<T>(
        byte number,
        RequestScope scope,
        Arch architectures = Arch.All,
        RequestArgument argument = RequestArgument.Struct,
        [CallerMemberName] string name = "")
        where T : unmanaged
        => Make(name, RequestDirection.Write, number, SizeOf<T>(), scope, architectures, argument);

    internal static Request ReadWrite<T>(
        byte number,
        RequestScope scope,
        Arch architectures = Arch.All,
        RequestArgument argument = RequestArgument.Struct,
        [CallerMemberName] string name = "")
        where T : unmanaged
        => Make(
            name, RequestDirection.Read | RequestDirection.Write, number, SizeOf<T>(), scope, architectures, argument);

    internal static Request Read<TX86, TArm64>(
        byte number, RequestScope scope, Arch architectures = Arch.All, [CallerMemberName] string name = "")
        where TX86 : unmanaged
        where TArm64 : unmanaged
        => Make(
            name,
            RequestDirection.Read,
            number,
            SizeOf<TX86, TArm64>(),
            scope,
            architectures,
            RequestArgument.Struct);

    internal static Request Write<TX86, TArm64>(
        byte number,
        RequestScope scope,
        Arch architectures = Arch.All,
        RequestArgument argument = RequestArgument.Struct,
        [CallerMemberName] string name = "")
        where TX86 : unmanaged
        where TArm64 : unmanaged
        => Make(name, RequestDirection.Write, number, SizeOf<TX86, TArm64>(), scope, architectures, argument);

    /// <summary>The same number with a structure of another type behind the pointer than the number says.</summary>
    internal Request PointingTo<T>()
        where T : unmanaged
        => this with { Argument = RequestArgument.Struct, ArgumentSize = SizeOf<T>() };

    private static Request Make(
        string name,
        RequestDirection direction,
        byte number,
        ushort size,
        RequestScope scope,
        Arch architectures,
        RequestArgument argument)
        => new(
            name,
            Encode(direction, number, size, Arch.None),
            direction,
            number,
            size,
            scope,
            architectures,
            argument,
            argument >= RequestArgument.Struct ? size : (ushort)0);

    private static ushort SizeOf<T>()
        where T : unmanaged
        => typeof(T) == typeof(NoArgument) ? (ushort)0 : (ushort)Unsafe.SizeOf<T>();

    // The only place that chooses a layout by the architecture of this process.
    private static ushort SizeOf<TX86, TArm64>()
        where TX86 : unmanaged
        where TArm64 : unmanaged
        => RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => SizeOf<TX86>(),
            Architecture.Arm64 => SizeOf<TArm64>(),
            Architecture other => throw new PlatformNotSupportedException($"KVM's registers on {other} are not known."),
        };
}
