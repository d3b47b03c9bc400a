using KvmPS.Native.Abi;
using Kind = KvmPS.Native.KvmHostDifferenceKind;

namespace KvmPS.Native;

/// <summary>What decides whether a guest of one host could run on another.</summary>
/// <remarks>
/// The guest is thought to use everything that the reference has, as one that was given the host's own processor does. What the
/// other host has in addition is told and blocks nothing, because a guest is not given it.
/// </remarks>
/// <param name="reference">Where the guest runs.</param>
public sealed partial class SnapshotComparison(KvmHostSnapshot reference)
{
    private const string Gone = "Guests that use it cannot run there.";
    private const string New = "New there: nothing relies on it.";
    private const string NotAsked = "not asked";
    private const string NotJudged = "This module does not know what it means, so it is taken to matter.";

    private readonly List<KvmHostDifference> found = [];
    private KvmHostSnapshot other = null!;

    /// <summary>Everything in which a host differs from the reference, what blocks first within each kind.</summary>
    /// <param name="difference">Where the guest shall go.</param>
    public IReadOnlyList<KvmHostDifference> With(KvmHostSnapshot difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        other = difference;
        found.Clear();
        if (reference.Architecture != other.Architecture)
        {
            Add(Kind.Architecture, "Architecture", reference.Architecture, other.Architecture, true, "Guests of one architecture do not run on another.");
            return [.. found];
        }
        CompareSnapshots();
        CompareKernels();
        CompareCapabilities();
        CompareDevices();
        if (reference.Architecture is "X64" or "X86")
            CompareX86();
        else if (reference.Architecture is "Arm64")
            CompareRegisters();
        return [.. found.OrderBy(row => row.Kind).ThenByDescending(row => row.Blocking)];
    }

    private void Add(Kind kind, string name, object? before, object? after, bool blocking, string reason) =>
        found.Add(new KvmHostDifference(other.HostName, kind, name, before, after, blocking, reason));

    /// <summary>What was not told cannot be judged: it blocks, so that nobody relies on it.</summary>
    private void CompareSnapshots()
    {
        foreach (KvmHostSnapshot snapshot in (KvmHostSnapshot[])[reference, other])
        {
            if (snapshot.Version > KvmHostSnapshot.CurrentVersion)
            {
                Add(Kind.Snapshot, "Version", reference.Version, other.Version, false,
                    $"{snapshot.HostName}'s snapshot is of a newer version of the format than {KvmHostSnapshot.CurrentVersion}: what this module knows of it is compared.");
            }
            foreach (KvmSnapshotGap gap in snapshot.Gaps)
            {
                Add(Kind.Snapshot, gap.Name, Read(reference, gap.Name), Read(other, gap.Name), true,
                    $"It could not be read of {snapshot.HostName}: {gap.Reason}");
            }
        }

        static string Read(KvmHostSnapshot snapshot, string name) => snapshot.Gaps.Any(gap => gap.Name == name) ? "not read" : "read";
    }

    /// <summary>Whether both snapshots have a part; where one lacks it for no reason that it tells, that is a difference.</summary>
    private bool BothHave<T>(string name, Func<KvmHostSnapshot, IReadOnlyList<T>?> part)
    {
        if (part(reference) is not null && part(other) is not null)
            return true;
        if (!reference.Gaps.Concat(other.Gaps).Any(gap => gap.Name == name))
        {
            Add(Kind.Snapshot, name, Count(reference), Count(other), true,
                $"{(part(other) is null ? other : reference).HostName}'s snapshot does not have it, so nothing can be said of it: take a new one.");
        }
        return false;

        object Count(KvmHostSnapshot snapshot) => part(snapshot)?.Count ?? (object)"missing";
    }

    private void CompareKernels()
    {
        if (Differ(reference.ApiVersion, other.ApiVersion))
            Add(Kind.Kernel, "ApiVersion", reference.ApiVersion, other.ApiVersion, true, "Every kernel since 2.6.22 has 12: these two speak different languages.");
        if (Differ(reference.KernelVersion, other.KernelVersion))
            Add(Kind.Kernel, "KernelVersion", reference.KernelVersion, other.KernelVersion, false, "What matters of it is compared by itself.");
        if (Differ(reference.Backend, other.Backend))
            Add(Kind.Kernel, "Backend", reference.Backend, other.Backend, false, "What matters of it is compared by itself.");
        if (Differ(reference.VcpuMapSize, other.VcpuMapSize))
            Add(Kind.Kernel, "VcpuMapSize", reference.VcpuMapSize, other.VcpuMapSize, false, "It belongs to the process that runs the guest, not to the guest.");
        if (Differ(reference.Processor, other.Processor))
            Add(Kind.Processor, "Processor", reference.Processor, other.Processor, false, "Guests are given features, which are compared by themselves.");

        static bool Differ<T>(T? before, T? after) => !EqualityComparer<T?>.Default.Equals(before, after);
    }

    private void CompareCapabilities()
    {
        if (!BothHave(nameof(KvmHostSnapshot.Capabilities), snapshot => snapshot.Capabilities))
            return;
        Dictionary<uint, KvmSnapshotCapability> here = Index(reference.Capabilities!, row => row.Number);
        Dictionary<uint, KvmSnapshotCapability> there = Index(other.Capabilities!, row => row.Number);
        foreach (uint number in here.Keys.Union(there.Keys).Order())
        {
            here.TryGetValue(number, out KvmSnapshotCapability? before);
            there.TryGetValue(number, out KvmSnapshotCapability? after);
            string name = (before ?? after)!.Name;
            if (before is null && number > reference.LastCapability)
                Add(Kind.Capability, name, NotAsked, Value(after), false, New);
            else if (after is null && number > other.LastCapability)
                Add(Kind.Capability, name, Value(before), NotAsked, true, $"The module that took {other.HostName}'s snapshot did not know it: take a new one.");
            else if (Value(before) != Value(after))
                CompareCapability(name, Value(before), Value(after));
        }

        // A guest lives in a VM, whose answer counts; a few things only the host answers.
        static int Value(KvmSnapshotCapability? row) => row is null ? 0 : row.VmValue != 0 ? row.VmValue : row.Value;
    }

    private void CompareCapability(string name, int before, int after)
    {
        ValueField[] fields = ValueTable.Capabilities.GetValueOrDefault(name, Nothing);
        Kind kind = name == VmTypes ? Kind.VmType : fields is [{ Rule: ValueRule.Most }] ? Kind.Limit : Kind.Capability;
        bool isNumber = fields is [{ First: 0, Last: 31, Rule: not ValueRule.Feature }];
        if (fields.Length > 0 && ((before > 0 && after > 0) || name == VmTypes))
            Compare(kind, fields, (uint)before, (uint)after, field => isNumber ? $"{name} ({field.Name})" : $"{name} {field.Name}", 32);
        else if (fields is [{ Rule: ValueRule.Told }] && before > 0)
            Add(kind, name, before, after, false, OfHost);
        else if (before <= 0 && after > 0)
            Add(kind, name, before, after, false, New);
        else
            Add(kind, name, before, after, after < before, after <= 0 ? Gone : after < before ? NotJudged : More);
    }

    private const string VmTypes = nameof(Capability.KVM_CAP_VM_TYPES);

    private void CompareDevices()
    {
        if (BothHave(nameof(KvmHostSnapshot.DeviceTypes), snapshot => snapshot.DeviceTypes))
        {
            CompareSupport(
                Kind.DeviceType, reference.DeviceTypes!, other.DeviceTypes!, row => row.Number, row => row.Name, row => row.Supported,
                "A guest with such a device cannot be made there.");
        }
        if (BothHave(nameof(KvmHostSnapshot.DeviceAttrs), snapshot => snapshot.DeviceAttrs))
        {
            CompareSupport(
                Kind.DeviceAttr, reference.DeviceAttrs!, other.DeviceAttrs!, row => (row.Owner, row.Group, row.Attr), row => row.ToString(), row => row.Supported,
                "What a guest has by it on the reference cannot be set there.");
            CompareMasks();
        }
    }

    private void CompareSupport<T, TKey>(
        Kind kind, IEnumerable<T> ofReference, IEnumerable<T> ofOther, Func<T, TKey> key, Func<T, string> name,
        Func<T, bool> supported, string reason, string nothing = NotAsked)
        where T : class
        where TKey : notnull
    {
        Dictionary<TKey, T> here = Index(ofReference, key);
        Dictionary<TKey, T> there = Index(ofOther, key);
        foreach (TKey which in here.Keys.Union(there.Keys))
        {
            here.TryGetValue(which, out T? before);
            there.TryGetValue(which, out T? after);
            bool had = before is not null && supported(before);
            bool has = after is not null && supported(after);
            if (had != has)
                Add(kind, name((before ?? after)!), Told(before), Told(after), had, had ? reason : New);
        }

        object Told(T? row) => row is null ? nothing : supported(row);
    }

    private void CompareMasks()
    {
        Dictionary<(uint, ulong), ulong> there = Masks(other);
        foreach (((uint Group, ulong Attr) key, ulong before) in Masks(reference))
        {
            if (there.TryGetValue(key, out ulong after))
            {
                string name = reference.DeviceAttrs!.First(row => row.Owner == SystemOwner && (row.Group, row.Attr) == key).ToString();
                Compare(Kind.DeviceAttr, [new ValueField(0, 63, ValueRule.Feature, "bit")], before, after, field => $"{name} {field.Name}", 64);
            }
        }

        static Dictionary<(uint, ulong), ulong> Masks(KvmHostSnapshot snapshot) =>
            Index(snapshot.DeviceAttrs!.Where(row => row is { Owner: SystemOwner, Value: not null }), row => (row.Group, row.Attr))
                .ToDictionary(row => row.Key, row => row.Value.Value!.Value);
    }

    private const string SystemOwner = nameof(RequestScope.System);

    // What is told twice, by a hand that edited it, counts as it was told last.
    private static Dictionary<TKey, T> Index<TKey, T>(IEnumerable<T> rows, Func<T, TKey> key)
        where TKey : notnull
    {
        var index = new Dictionary<TKey, T>();
        foreach (T row in rows)
            index[key(row)] = row;
        return index;
    }
}
