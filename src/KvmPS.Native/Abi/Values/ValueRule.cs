namespace KvmPS.Native.Abi;

/// <summary>What it means for a guest when a value is another one on the host that it shall go to.</summary>
public enum ValueRule
{
    /// <summary>Each bit is a feature: one that is lost cannot be done without.</summary>
    Feature,

    /// <summary>Each bit is a restriction: one that is added breaks what ran without.</summary>
    Restriction,

    /// <summary>A number: a lower one is not enough.</summary>
    Most,

    /// <summary>A number whose highest bit is its sign: a lower one is not enough.</summary>
    SignedMost,

    /// <summary>A number: a higher one is too much.</summary>
    Least,

    /// <summary>It has to be the same.</summary>
    Same,

    /// <summary>It has to be the same where the reference has any.</summary>
    SameIfAny,

    /// <summary>It is worth telling and decides nothing.</summary>
    Told,

    /// <summary>It belongs to one machine or one processor of it, and says nothing.</summary>
    Ignored,
}
