using System.Reflection;

namespace KvmPS.Native.Abi;

/// <summary>Every KVM ioctl of Linux 7.2, and KVM_DESTROY_DEVICE.</summary>
/// <remarks>A request is made when it is first asked for, so that a process pays for the few that it uses.</remarks>
public static partial class Requests
{
    private const string Prefix = "KVM_";

    private static readonly Lazy<Request[]> Table = new(() =>
        [.. typeof(Requests).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType == typeof(Request))
            .Select(property => (Request)property.GetValue(null)!)]);

    /// <summary>All requests.</summary>
    public static IReadOnlyList<Request> All => Table.Value;

    /// <summary>Finds a request by its name.</summary>
    /// <param name="name">The kernel's name, with or without KVM_, in upper or lower case.</param>
    /// <returns>The request, or null where there is none of that name.</returns>
    public static Request? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string wanted = name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name : Prefix + name;
        foreach (Request request in Table.Value)
            if (request.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)) return request;
        return null;
    }

    /// <summary>Finds a request by its full number on this architecture.</summary>
    /// <param name="value">ioctl(2)'s second argument, for example 0xC00CAEE0.</param>
    /// <param name="scope">The kinds of fd in question: a VM's 0x4010AEAB is another request than a vCPU's.</param>
    /// <returns>The request, or null where there is none of that number.</returns>
    public static Request? Find(nuint value, RequestScope scope)
    {
        foreach (Request request in Table.Value)
            if (request.Value == value && (request.Scope & scope) != 0) return request;
        return null;
    }
}
