using System.Text.Json;
using KvmPS.Native.Interop;
using Mono.Unix.Native;

namespace KvmPS.Native;

/// <summary>A saved VM as a folder: state.json, and a sparse file for each memory slot. It is its owner's alone.</summary>
/// <remarks>Whoever wrote it: what is read of it is data, of regular files in it, and is checked.</remarks>
internal sealed class VmStateFolder(string path)
{
    private const int Chunk = 1 << 16;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly List<string> written = [];
    private bool isNew;

    private string StatePath => Path.Combine(path, "state.json");

    /// <exception cref="UnauthorizedAccessException">It belongs to somebody else.</exception>
    public void Create()
    {
        isNew = !Directory.Exists(path);
        FileCall.Check("mkdir", path);
        if (isNew)
            Directory.CreateDirectory(path, Private);
        else if (Directory.EnumerateFileSystemEntries(path).Any())
            throw new IOException($"{path} is not empty.");
        else
            File.SetUnixFileMode(path, Private);
    }

    /// <summary>Takes back what was written, after saving has failed or was stopped.</summary>
    public void Discard()
    {
        try
        {
            foreach (string file in written)
                File.Delete(file);
            if (isNew)
                Directory.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Why it was not saved is what is told. Without state.json it is no saved VM anyway.
        }
    }

    /// <summary>Writes the state, as the last thing: a folder without it was not saved to its end.</summary>
    public void Write(VmState state)
    {
        string unfinished = $"{StatePath}.unfinished";
        using (FileStream file = Create(unfinished))
        {
            FileCall.Write(file, JsonSerializer.SerializeToUtf8Bytes(state, VmStateJson.Default.VmState));
            FileCall.Synchronize(file);
        }
        FileCall.Check("rename", StatePath);
        File.Move(unfinished, StatePath);
        written.Add(StatePath);
    }

    /// <exception cref="KvmException">EPROTO: it is no saved VM, or one that this machine cannot have.</exception>
    public VmState Read()
    {
        if (Directory.Exists(path) && !Path.Exists(StatePath))
            throw Malformed("it does not exist, so this is no saved VM or saving it was cut short");
        try
        {
            using FileStream file = Open(StatePath);
            FileCall.Check("read", StatePath);
            VmState state = JsonSerializer.Deserialize(file, VmStateJson.Default.VmState) ?? throw Malformed("it is empty");
            return state.Version != VmState.CurrentVersion ? throw Malformed($"it has version {state.Version}, this module reads {VmState.CurrentVersion}")
                : state.Architecture != KvmVm.Architecture ? throw Malformed($"it is of a machine with {Printable.From(state.Architecture)}, not {KvmVm.Architecture}")
                : state.Problem is { } problem ? throw Malformed(problem)
                : state;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw Malformed(Printable.From(exception.Message));
        }
    }

    public KvmException Malformed(string problem) =>
        new("Restore", Errno.EPROTO, path, $"{StatePath} is no saved VM that can be restored here: {problem}.");

    /// <summary>Writes a slot's memory; what is zero takes no room.</summary>
    public void WriteMemory(KvmMemory slot, Action<int> told)
    {
        using FileStream file = Create(MemoryPath(slot.Slot));
        FileCall.SetLength(file, (long)slot.Size);
        byte[] buffer = new byte[Chunk];
        for (ulong at = 0; at < slot.Size; at += Chunk)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(Chunk, slot.Size - at));
            slot.Vm.ReadMemory(slot.GuestAddress + at, part);
            if (part.ContainsAnyExcept((byte)0))
            {
                file.Position = (long)at;
                FileCall.Write(file, part);
            }
            told(part.Length);
        }
        FileCall.Synchronize(file);
    }

    public void ReadMemory(KvmMemory slot, Action<int> told)
    {
        using FileStream file = Open(MemoryPath(slot.Slot));
        if ((ulong)file.Length != slot.Size)
            throw Malformed($"{MemoryPath(slot.Slot)} has {file.Length} bytes, {slot} has {slot.Size}");
        byte[] buffer = new byte[Chunk];
        for (ulong at = 0; at < slot.Size; at += Chunk)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(Chunk, slot.Size - at));
            FileCall.Read(file, part);
            if (part.ContainsAnyExcept((byte)0))
                slot.Vm.WriteMemory(slot.GuestAddress + at, part);
            told(part.Length);
        }
    }

    private string MemoryPath(uint slot) => Path.Combine(path, $"memory-{slot}.bin");

    // A link in a folder from elsewhere would give the guest a file of ours.
    private static FileStream Open(string file) => new(RegularFile.OpenRead(file, followLink: false), FileAccess.Read);

    private FileStream Create(string file)
    {
        var created = new FileStream(RegularFile.CreateNew(file), FileAccess.Write, bufferSize: 0);
        written.Add(file);
        return created;
    }
}
