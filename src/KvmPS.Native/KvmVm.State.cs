using System.Runtime.InteropServices;

namespace KvmPS.Native;

/// <content>Saving a VM and making it again.</content>
public sealed partial class KvmVm
{
    internal static string Architecture => RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Saves the VM (memory, vCPUs, interrupt controllers, timer, routes and clock) to a folder.</summary>
    /// <param name="path">The folder; it is made, or has to be empty, and is its owner's alone.</param>
    /// <param name="progress">Is told how many bytes of memory are saved and how many there are, on this thread.</param>
    /// <param name="cancellation">Ends it before; as after any failure, what was written is deleted again.</param>
    /// <remarks>
    /// An exit that waits for an answer is completed first. Devices, eventfds and what is registered with them are not saved:
    /// they are made anew. x86 only.
    /// </remarks>
    /// <exception cref="KvmVcpuRunningException">A vCPU is running.</exception>
    /// <exception cref="IOException">The folder is not empty, or cannot be written; nothing is left in it then.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Save(string path, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        ThrowIfRemoved(nameof(Save));
        var folder = new VmStateFolder(path);
        folder.Create();
        try
        {
            SaveTo(folder, progress, cancellation);
        }
        catch
        {
            folder.Discard();
            throw;
        }
    }

    private void SaveTo(VmStateFolder folder, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
    {
        VmStateVcpu[] saved = [.. vcpus.OrderBy(vcpu => vcpu.Id).Select(vcpu => vcpu.SaveState())];
        var parts = new Dictionary<string, byte[]>();
        foreach (StatePart part in StatePart.OfVm)
        {
            if (part.Read(this) is { } bytes)
                parts.Add(part.Name, bytes);
        }
        KvmMemory[] slots = [.. memory];
        long done = 0;
        long total = slots.Sum(slot => (long)slot.Size);
        foreach (KvmMemory slot in slots)
        {
            folder.WriteMemory(slot, count =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report((done += count, total));
            });
        }
        folder.Write(new VmState
        {
            Version = VmState.CurrentVersion,
            Architecture = Architecture,
            Name = Name,
            Type = Type,
            IrqChip = IrqChip,
            Parts = parts,
            Routes = gsiRoutes?.Select(route => route.ToState()).ToArray(),
            Memory = [.. slots.Select(slot => new VmStateMemory(slot.Slot, slot.GuestAddress, slot.Size, slot.Flags))],
            Vcpus = saved,
        });
    }

    /// <summary>Makes a VM that goes on where a saved one stopped.</summary>
    /// <param name="system">The host.</param>
    /// <param name="path">The folder that <see cref="Save"/> wrote, in this process or another one.</param>
    /// <param name="name">What the VM is called; by default as the saved one.</param>
    /// <param name="progress">Is told how many bytes of memory are restored and how many there are, on this thread.</param>
    /// <param name="cancellation">Ends it before, without a VM.</param>
    /// <returns>The VM, with anonymous memory; its vCPUs are not running.</returns>
    /// <exception cref="KvmException">EPROTO: it is no saved VM; EINVAL: this host cannot have such a VM.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static KvmVm Restore(
        KvmSystem system, string path, string? name = null, IProgress<(long Done, long Total)>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        var folder = new VmStateFolder(path);
        VmState state = folder.Read();
        KvmVm vm = system.CreateVm(name ?? state.Name, state.Type);
        try
        {
            vm.Restore(state, folder, progress, cancellation);
            return vm;
        }
        catch
        {
            vm.Dispose();
            throw;
        }
    }

    private void Restore(VmState state, VmStateFolder folder, IProgress<(long Done, long Total)>? progress, CancellationToken cancellation)
    {
        long done = 0;
        long total = state.Memory.Sum(slot => (long)slot.Size);
        foreach (VmStateMemory slot in state.Memory)
        {
            KvmMemory added = AddMemory(new KvmMemoryOptions
            {
                GuestAddress = slot.GuestAddress,
                Size = slot.Size,
                Slot = slot.Slot,
                Flags = slot.Flags,
            });
            folder.ReadMemory(added, count =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report((done += count, total));
            });
        }
        if (state.IrqChip is { } mode)
            CreateIrqChip(mode);
        if (state.Parts.ContainsKey(StatePart.Pit))
            CreatePit();
        if (state.Routes is { } routes)
            SetGsiRoutes(routes.Select(KvmGsiRoute.From));
        foreach (VmStateVcpu vcpu in state.Vcpus)
            CreateVcpu(vcpu.Id).RestoreState(vcpu, folder);
        foreach (StatePart part in StatePart.OfVm)
        {
            if (state.Parts.TryGetValue(part.Name, out byte[]? bytes))
                Ioctl(part.Set, Exactly(bytes, part.Size, part.Name, folder).AsSpan());
        }
    }

    internal static byte[] Exactly(byte[] bytes, int size, string name, VmStateFolder folder) => bytes.Length == size
        ? bytes
        : throw folder.Malformed($"{name} has {bytes.Length} bytes instead of {size}");
}
