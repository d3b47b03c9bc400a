namespace KvmPS;

/// <summary>One finding of Test-KvmHost.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it came out.</param>
/// <param name="Message">What was found.</param>
/// <param name="Remedy">What to do about it on this host; empty where nothing is to be done.</param>
public sealed record KvmHostCheck(string Name, KvmHostCheckStatus Status, string Message, string Remedy = "");

/// <summary>How a check came out.</summary>
public enum KvmHostCheckStatus
{
    /// <summary>It works.</summary>
    Pass,

    /// <summary>It could not be looked at, because something before it failed, or because there is nothing to look at here.</summary>
    Skip,

    /// <summary>It does not work.</summary>
    Fail,

    /// <summary>KVM works, but something that guests may want is missing, or set in a way that is risky.</summary>
    Warn,
}
