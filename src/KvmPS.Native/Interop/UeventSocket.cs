using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace KvmPS.Native.Interop;

/// <summary>The socket on which the kernel tells what happens to devices (netlink(7), NETLINK_KOBJECT_UEVENT).</summary>
internal static unsafe partial class UeventSocket
{
    private const ushort AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int NETLINK_KOBJECT_UEVENT = 15;
    private const uint KernelGroup = 1;
    private const int SOL_SOCKET = 1;
    private const int SO_RCVBUFFORCE = 33;

    // Room for some thousand events: others than KVM's come as well.
    private const int BufferSize = 4 << 20;

    /// <summary>Opens a socket that gets what the kernel tells from now on; false with <paramref name="errno"/> where that failed.</summary>
    public static bool TryOpen(Descriptor descriptor, out string call, out Errno errno)
    {
        call = "socket";
        int fd = FaultPlan.Fails(call, out errno) ? -1 : Socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
        errno = fd < 0 && errno == 0 ? (Errno)Marshal.GetLastPInvokeError() : errno;
        descriptor.Own(fd);
        if (errno != 0)
            return false;
        int size = BufferSize;
        // Only who may administer the network gets it; others do with less.
        if (!FaultPlan.Fails("setsockopt", out _))
            _ = SetOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, size, sizeof(int));
        call = "bind";
        var address = new Address { Family = AF_NETLINK, Groups = KernelGroup };
        errno = FaultPlan.Fails(call, out errno) || Bind(descriptor, address, sizeof(Address)) == 0 ? errno : (Errno)Marshal.GetLastPInvokeError();
        return errno == 0;
    }

    /// <summary>Takes the next message; false with EAGAIN where there is none, with ENOBUFS where some were lost.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="buffer">Where the message goes; what does not fit is cut off.</param>
    /// <param name="length">How long it is there.</param>
    /// <param name="fromKernel">Whether the kernel sent it: a process can send to the socket as well.</param>
    /// <param name="errno">Why there is none.</param>
    /// <exception cref="ObjectDisposedException">The socket was closed before.</exception>
    public static bool TryReceive(Descriptor descriptor, Span<byte> buffer, out int length, out bool fromKernel, out Errno errno)
    {
        Address sender = default;
        nint received;
        do
        {
            int size = sizeof(Address);
            fixed (byte* target = buffer)
                received = FaultPlan.Fails("recvfrom", out errno) ? -1 : ReceiveFrom(descriptor, target, (nuint)buffer.Length, 0, ref sender, ref size);
            errno = received < 0 && errno == 0 ? (Errno)Marshal.GetLastPInvokeError() : errno;
        }
        while (errno == Errno.EINTR);
        length = (int)Math.Max(received, 0);
        fromKernel = sender is { Family: AF_NETLINK, Port: 0 };
        return errno == 0;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(SafeHandle fd, int level, int option, in int value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeHandle fd, in Address address, int length);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    private static partial nint ReceiveFrom(SafeHandle fd, byte* buffer, nuint size, int flags, ref Address sender, ref int length);

    // struct sockaddr_nl
    private struct Address
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }
}
