namespace KvmPS.Native;

/// <summary>Something in which a host differs from the one that it is compared with.</summary>
/// <param name="HostName">The host that differs.</param>
/// <param name="Kind">What kind of thing: Cpuid, FeatureMsr, Capability …</param>
/// <param name="Name">What differs.</param>
/// <param name="Reference">How it is on the reference, where the guest runs.</param>
/// <param name="Difference">How it is on the host that differs, where the guest shall go.</param>
/// <param name="Blocking">Whether a guest that uses all of the reference could not run there.</param>
/// <param name="Reason">Why, or why not.</param>
public sealed record KvmHostDifference(
    string HostName, KvmHostDifferenceKind Kind, string Name, object? Reference, object? Difference, bool Blocking, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Reference} on the reference, {Difference} on {HostName}";
}
