using KvmPS.Native;

namespace KvmPS.Views.Report;

/// <summary>What the kinds of differences are called in headings.</summary>
internal static class KindTitles
{
    public static string Of(KvmHostDifferenceKind kind) => kind switch
    {
        KvmHostDifferenceKind.Cpuid => "CPUID features",
        KvmHostDifferenceKind.Xsave => "Extended state",
        KvmHostDifferenceKind.HyperV => "Hyper-V interface",
        KvmHostDifferenceKind.Msr => "MSRs of a guest",
        KvmHostDifferenceKind.FeatureMsr => "Feature MSRs",
        KvmHostDifferenceKind.Tsc => "Time-stamp counter",
        KvmHostDifferenceKind.Register => "Registers",
        KvmHostDifferenceKind.Capability => "Capabilities",
        KvmHostDifferenceKind.Limit => "Limits",
        KvmHostDifferenceKind.VmType => "Types of VMs",
        KvmHostDifferenceKind.DeviceType => "Device types",
        KvmHostDifferenceKind.DeviceAttr => "Attributes",
        _ => kind.ToString(),
    };
}
