using System.Runtime.InteropServices;

namespace KvmPS.Native.Interop;

/// <summary>The one owner of a file descriptor.</summary>
/// <remarks>
/// It exists before the descriptor does, so that nothing can be thrown between the system call that makes the
/// descriptor and the moment when somebody owns it.
/// </remarks>
internal sealed class Descriptor() : SafeHandle(invalidHandleValue: -1, ownsHandle: true)
{
    public override bool IsInvalid => handle < 0;

    /// <summary>The descriptor's number, for display; -1 before it is open and after it was closed.</summary>
    public int Number => IsClosed ? -1 : (int)handle;

    public void Own(int descriptor) => SetHandle(descriptor);

    /// <summary>Hands the descriptor to another owner.</summary>
    public nint Release()
    {
        nint released = handle;
        SetHandleAsInvalid();
        return released;
    }

    protected override bool ReleaseHandle() => Libc.TryClose((int)handle);
}
