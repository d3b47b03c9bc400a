namespace KvmPS.Native.Abi;

/// <summary>The fields of a statistic's flags.</summary>
public static class StatsFlags
{
    public const uint KVM_STATS_TYPE_SHIFT = 0;
    public const uint KVM_STATS_TYPE_MASK = 0xF;
    public const uint KVM_STATS_TYPE_CUMULATIVE = 0;
    public const uint KVM_STATS_TYPE_INSTANT = 1;
    public const uint KVM_STATS_TYPE_PEAK = 2;
    public const uint KVM_STATS_TYPE_LINEAR_HIST = 3;
    public const uint KVM_STATS_TYPE_LOG_HIST = 4;
    public const uint KVM_STATS_UNIT_SHIFT = 4;
    public const uint KVM_STATS_UNIT_MASK = 0xF0;
    public const uint KVM_STATS_UNIT_NONE = 0;
    public const uint KVM_STATS_UNIT_BYTES = 0x10;
    public const uint KVM_STATS_UNIT_SECONDS = 0x20;
    public const uint KVM_STATS_UNIT_CYCLES = 48;
    public const uint KVM_STATS_UNIT_BOOLEAN = 0x40;
    public const uint KVM_STATS_BASE_SHIFT = 8;
    public const uint KVM_STATS_BASE_MASK = 0xF00;
    public const uint KVM_STATS_BASE_POW10 = 0;
    public const uint KVM_STATS_BASE_POW2 = 0x100;
}
