using System.Text.Json;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A saved VM as a folder: state.json, and a sparse file for each memory slot. It is its owner's alone.</summary>
internal sealed class VmStateFolder(string path)
{
    private const int Chunk = 1 << 16;

    private string StatePath => Path.Combine(path, "state.json");

    public void Create()
    {
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new IOException($"{path} is not empty.");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Write(VmState state)
    {
        using FileStream file = Open(StatePath);
        JsonSerializer.Serialize(file, state, VmStateJson.Default.VmState);
    }

    /// <exception cref="KvmException">EPROTO: it is no saved VM, or one that this machine cannot have.</exception>
    public VmState Read()
    {
        try
        {
            using FileStream file = File.OpenRead(StatePath);
            VmState state = JsonSerializer.Deserialize(file, VmStateJson.Default.VmState) ?? throw Malformed("it is empty");
            return state.Version != VmState.CurrentVersion ? throw Malformed($"it has version {state.Version}, this module reads {VmState.CurrentVersion}")
                : state.Architecture != KvmVm.Architecture ? throw Malformed($"it is of a machine with {state.Architecture}, not {KvmVm.Architecture}")
                : state;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw Malformed(exception.Message);
        }
    }

    public KvmException Malformed(string problem) =>
        new("Restore", Errno.EPROTO, path, $"{StatePath} is no saved VM that can be restored here: {problem}.");

    /// <summary>Writes a slot's memory; what is zero takes no room.</summary>
    public void WriteMemory(KvmMemory slot, Action<int> told)
    {
        using FileStream file = Open(MemoryPath(slot.Slot));
        file.SetLength((long)slot.Size);
        byte[] buffer = new byte[Chunk];
        for (ulong at = 0; at < slot.Size; at += Chunk)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(Chunk, slot.Size - at));
            slot.Vm.ReadMemory(slot.GuestAddress + at, part);
            if (part.ContainsAnyExcept((byte)0))
            {
                file.Position = (long)at;
                file.Write(part);
            }
            told(part.Length);
        }
    }

    public void ReadMemory(KvmMemory slot, Action<int> told)
    {
        using FileStream file = File.OpenRead(MemoryPath(slot.Slot));
        if ((ulong)file.Length != slot.Size)
            throw Malformed($"{file.Name} has {file.Length} bytes, {slot} has {slot.Size}");
        byte[] buffer = new byte[Chunk];
        for (ulong at = 0; at < slot.Size; at += Chunk)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(Chunk, slot.Size - at));
            file.ReadExactly(part);
            if (part.ContainsAnyExcept((byte)0))
                slot.Vm.WriteMemory(slot.GuestAddress + at, part);
            told(part.Length);
        }
    }

    private string MemoryPath(uint slot) => Path.Combine(path, $"memory-{slot}.bin");

    private static FileStream Open(string file) => new(file, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}
