using KvmPS.Native;
using Mono.Unix.Native;

namespace KvmPS.Commands.Host;

/// <summary>The checks of Test-KvmHost for what is around KVM: none of them decides whether it works.</summary>
/// <param name="devicePath">The KVM device node.</param>
/// <param name="works">Whether KVM can be asked.</param>
internal sealed class HostSurroundings(string devicePath, bool works)
{
    private const string Huge = "/sys/kernel/mm/transparent_hugepage/enabled";
    private const string Groups = "/sys/kernel/iommu_groups";
    private const string VfioNode = "/dev/vfio/vfio";

    // What is risky, or slow, and why.
    private static readonly (string Name, string[] Values, string Better, string Effect)[] Risky =
    [
        ("ignore_msrs", ["Y"], "N", "guests read 0 from MSRs that do not exist, where hardware would fault"),
        ("enable_vmware_backdoor", ["Y"], "N", "programs in guests reach VMware's I/O ports past their kernel"),
        ("force_emulation_prefix", ["Y", "1", "2", "3"], "0", "guests choose to be emulated, which is for tests of KVM"),
        ("allow_unsafe_mappings", ["Y"], "N", "guests are given pages that the host can free under them"),
        ("nx_huge_pages", ["never"], "auto", "guests can stop some processors (iTLB multihit)"),
        ("vmentry_l1d_flush", ["never"], "cond", "guests can read the host's memory on some processors (L1TF)"),
        ("ept", ["N"], "1", "guests run on shadow page tables, slowly"),
        ("npt", ["N"], "1", "guests run on shadow page tables, slowly"),
        ("unrestricted_guest", ["N"], "1", "real mode is emulated, slowly"),
    ];

    private static readonly string[] Telling =
        ["halt_poll_ns", "ignore_msrs", "enable_pmu", "tdp_mmu", "nx_huge_pages", "ept", "npt", "enable_apicv", "avic", "sev"];

    private readonly IReadOnlyList<KvmModuleParameter> parameters = KvmModuleParameter.ReadAll();

    public IEnumerable<KvmHostCheck> Run() => [Backend(), Nested(), ModuleParameters(), HugePages(), Iommu(), Lockdown()];

    private KvmHostCheck Backend()
    {
        return KvmHost.FindBackend() is { } backend
                ? Pass("Backend", $"Guests are run by {backend} ({(KvmModuleParameter.IsLoadable(backend) ? "a module that is loaded" : "part of the kernel")}).")
            : works ? Pass("Backend", "Guests are run by the kernel itself, without a module for that.")
            : KvmModuleParameter.FindModules().Count > 0 && KvmHost.ProcessorModule is { } module
                ? Warn("Backend", $"kvm is there, but no module that runs guests on this processor, such as {module}.", HostRemedies.MissingKvm())
            : Warn("Backend", "No module of KVM's is to be seen in /sys/module.", HostRemedies.MissingKvm());
    }

    private KvmHostCheck Nested()
    {
        const string name = "Nested";
        bool? offered = null;
        try
        {
            offered = works ? new KvmSystem(devicePath).SupportsNested() : null;
        }
        catch (KvmException)
        {
            // It is not known then, which is what the finding says.
        }
        if (offered is null)
            return new(name, KvmHostCheckStatus.Skip, works ? "KVM does not tell whether guests can run guests of their own." : "KVM cannot be asked.");
        if (offered.Value)
            return Pass(name, "Guests can run guests of their own.");
        KvmModuleParameter? parameter = parameters.FirstOrDefault(parameter => parameter is { Name: "nested", Value: "N" or "0" });
        return Warn(name, "Guests cannot run guests of their own.", parameter is null
            ? "Nothing where they need not: what runs the guests here does not offer it, and has no parameter for it that is off."
            : $"Where they should: {HostRemedies.Set(parameter, "1")}.");
    }

    private KvmHostCheck ModuleParameters()
    {
        const string name = "ModuleParameters";
        var bad = parameters.SelectMany(parameter => Risky.Where(risk => risk.Name == parameter.Name && risk.Values.Contains(parameter.Value))
            .Select(risk => (Parameter: parameter, Risk: risk))).ToArray();
        if (bad.Length > 0)
        {
            return Warn(
                name, string.Join("; ", bad.Select(one => $"{one.Parameter}: {one.Risk.Effect}")) + ".",
                string.Join("; ", bad.Select(one => HostRemedies.Set(one.Parameter, one.Risk.Better))) + ".");
        }
        KvmModuleParameter[] told = [.. parameters.Where(parameter => Telling.Contains(parameter.Name))];
        return told.Length == 0
            ? new(name, KvmHostCheckStatus.Skip, "KVM's modules have no parameters that can be seen.")
            : Pass(name, $"{string.Join(", ", told.Select(parameter => parameter.ToString()))}. Get-KvmHost -Detailed has all {parameters.Count}.");
    }

    private static KvmHostCheck HugePages()
    {
        const string name = "HugePages";
        string[] reserved = [.. Entries("/sys/kernel/mm/hugepages").Select(Reserved).OfType<string>()];
        string pool = reserved.Length > 0 ? string.Join(", ", reserved) : "none";
        // "always [madvise] never"
        string? transparent = Read(Huge)?.Split('[', ']').ElementAtOrDefault(1);
        return transparent is null or "never" && reserved.Length == 0
            ? Warn(
                name, "Guest memory is made of small pages: there are no transparent huge pages, and none are reserved.",
                transparent is null ? "A kernel with CONFIG_TRANSPARENT_HUGEPAGE has them." : $"echo madvise | sudo tee {Huge}")
            : Pass(name, $"Transparent huge pages: {transparent switch
            {
                null => "not in this kernel",
                "madvise" => "where they are asked for (Add-KvmMemory -HugePages)",
                _ => transparent,
            }}. Reserved: {pool}.");
    }

    private static KvmHostCheck Iommu()
    {
        const string name = "Iommu";
        int groups = Entries(Groups).Length;
        if (groups == 0)
            return Warn(name, "There is no IOMMU at work: devices of the host cannot be given to guests (VFIO).", MissingIommu());
        if (Read("/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts") == "Y")
        {
            return Warn(
                name, "vfio_iommu_type1.allow_unsafe_interrupts=Y: guests with a device can send interrupts to the host.",
                "echo N | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts");
        }
        if (!File.Exists(VfioNode) && !Directory.Exists("/dev/vfio/devices"))
        {
            return Warn(name, $"{groups} IOMMU groups, but no VFIO ({VfioNode}).", KernelBuild.Has("CONFIG_VFIO_PCI") == false
                ? $"The kernel {KernelBuild.Release} was built without VFIO: boot another one."
                : "sudo modprobe vfio-pci");
        }
        string[] bound = [.. Entries("/dev/vfio").Where(path => int.TryParse(Path.GetFileName(path), out _))];
        string[] closed = Array.FindAll(bound, path => Syscall.access(path, AccessModes.R_OK | AccessModes.W_OK) != 0);
        return closed.Length > 0
            ? Warn(
                name, $"{groups} IOMMU groups. For VFIO are {string.Join(", ", bound)}; this user may not open {string.Join(", ", closed)}.",
                $"sudo chown {UnixUser()} {string.Join(' ', closed)}")
            : Pass(name, $"{groups} IOMMU groups. {(bound.Length == 0
                ? "No device is bound to vfio-pci, so none can be given to a guest yet"
                : $"For VFIO are {string.Join(", ", bound)}")}.");
    }

    private static string MissingIommu() => KernelBuild.Has("CONFIG_VFIO") == false
            ? $"The kernel {KernelBuild.Release} was built without VFIO: where devices are to be given away, boot another one on a machine with an IOMMU."
        : Read("/proc/cpuinfo")?.Contains(" hypervisor", StringComparison.Ordinal) == true
            ? "This is a VM: its host has to give it a virtual IOMMU (QEMU: -device intel-iommu, -machine iommu=smmuv3)."
        : KvmHost.ProcessorModule == "kvm_intel" ? "Switch VT-d on in the firmware, and boot with intel_iommu=on on the kernel's command line."
        : KvmHost.ProcessorModule == "kvm_amd" ? "Switch the IOMMU (AMD-Vi) on in the firmware."
        : "The firmware has to tell the kernel of an IOMMU.";

    private static KvmHostCheck Lockdown()
    {
        const string name = "Lockdown";
        const string file = "/sys/kernel/security/lockdown";
        // "none [integrity] confidentiality"
        string? level = Read(file)?.Split('[', ']').ElementAtOrDefault(1);
        return level switch
        {
            "none" => Pass(name, "The kernel is not locked down."),
            not null => Warn(
                name, $"The kernel is locked down ({level}): it loads signed modules only, and debugfs hides the counters of other processes' VMs.",
                "Nothing where that is intended (Get-KvmStat still reads what a process has open); else switch Secure Boot off, and boot without lockdown=."),
            null when KernelBuild.Has("CONFIG_SECURITY_LOCKDOWN_LSM") == false => Pass(name, "The kernel is not locked down: it was built without that."),
            null => new(name, KvmHostCheckStatus.Skip, $"Not known: {file} cannot be read.", "sudo mount -t securityfs securityfs /sys/kernel/security"),
        };
    }

    // "hugepages-2048kB", with how many there are and how many nobody uses.
    private static string? Reserved(string folder) => Read(Path.Combine(folder, "nr_hugepages")) is { } all and not "0"
        ? $"{all} of {Path.GetFileName(folder).Split('-')[^1]} ({Read(Path.Combine(folder, "free_hugepages"))} free)"
        : null;

    private static string UnixUser() => Syscall.getpwuid(Syscall.geteuid())?.pw_name ?? $"{Syscall.geteuid()}";

    private static string[] Entries(string folder)
    {
        try
        {
            return [.. Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static KvmHostCheck Pass(string name, string message) => new(name, KvmHostCheckStatus.Pass, message);

    private static KvmHostCheck Warn(string name, string message, string remedy) => new(name, KvmHostCheckStatus.Warn, message, remedy);
}
