using KvmPS.Native.Abi;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>An operation that the kernel refused, or that could not be carried out on this object.</summary>
public class KvmException : Exception
{
    /// <summary>Describes a failed operation.</summary>
    /// <param name="operation">The ioctl's name (KVM_CREATE_VM) or the system call's (open).</param>
    /// <param name="errno">What the kernel answered.</param>
    /// <param name="subject">The object that the operation was issued on.</param>
    /// <param name="message">What happened, for a person; by default made of the other three.</param>
    public KvmException(string operation, Errno errno, object? subject, string? message = null)
        : base(message ?? Describe(operation, errno, subject))
    {
        Operation = operation;
        Errno = errno;
        Subject = subject;
    }

    /// <summary>The name of the ioctl (KVM_CREATE_VM) or of the system call (open) that failed.</summary>
    public string Operation { get; }

    /// <summary>What the kernel answered, with Linux's numbers.</summary>
    public Errno Errno { get; }

    /// <summary>The object that the operation was issued on: a <see cref="KvmObject"/>, or a path.</summary>
    public object? Subject { get; }

    internal static string Describe(string operation, Errno errno, object? subject) =>
        $"{operation} on {subject} failed: {errno}, {Libc.Describe(errno)}";

    /// <summary>The most specific exception for what the kernel answered.</summary>
    internal static KvmException From(string operation, Errno errno, object subject, string? message = null) =>
        (operation, errno) switch
        {
            (KvmSystem.OpenOperation, Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM) =>
                new KvmException(operation, errno, subject, message),
            (KvmSystem.OpenOperation, _) or
            (nameof(Requests.KVM_GET_API_VERSION), _) when subject is KvmSystem =>
                new KvmUnavailableException(operation, errno, subject, message),
            (nameof(Requests.KVM_CREATE_DEVICE), Errno.ENODEV) or
            (nameof(Requests.KVM_DESTROY_DEVICE), Errno.ENOTTY or Errno.EOPNOTSUPP) =>
                new KvmNotSupportedException(operation, errno, subject, message),
            (nameof(Requests.KVM_DESTROY_DEVICE), Errno.EPERM) =>
                new KvmOwnershipException(operation, errno, subject, message),
            _ => new KvmException(operation, errno, subject, message),
        };
}

/// <summary>KVM cannot be used here at all: no device node, no permission, another API version.</summary>
public sealed class KvmUnavailableException(string operation, Errno errno, object? subject, string? message = null)
    : KvmException(operation, errno, subject, message);

/// <summary>This kernel, or this type of object, does not have the operation.</summary>
public sealed class KvmNotSupportedException(string operation, Errno errno, object? subject, string? message = null)
    : KvmException(operation, errno, subject, message);

/// <summary>The object belongs to another VM.</summary>
public sealed class KvmOwnershipException(string operation, Errno errno, object? subject, string? message = null)
    : KvmException(operation, errno, subject, message);

/// <summary>The object was removed before; no system call was made.</summary>
public sealed class KvmObjectRemovedException : KvmException
{
    internal KvmObjectRemovedException(string operation, object subject)
        : base(operation, Errno.EBADF, subject, $"{subject} has been removed; {operation} was not issued.")
    {
    }
}

/// <summary>A vCPU, or a VM with a vCPU, that runs its guest: it cannot be asked or changed meanwhile.</summary>
public sealed class KvmVcpuRunningException : KvmException
{
    internal KvmVcpuRunningException(string operation, object subject)
        : base(operation, Errno.EBUSY, subject, $"{subject} is running; {operation} was not issued.")
    {
    }
}

/// <summary>An exit that is answered already: the vCPU was entered again since.</summary>
public sealed class KvmExitCompletedException : KvmException
{
    internal KvmExitCompletedException(KvmExit exit)
        : base(
            nameof(Requests.KVM_RUN), Errno.EALREADY, exit,
            $"{exit} waits for nothing any more: {exit.Vcpu} was entered again since, or it was no request at all.")
    {
    }
}
