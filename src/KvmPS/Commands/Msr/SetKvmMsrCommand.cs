using System.Collections;
using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Msr;

/// <summary>Set-KvmMsr: changes MSRs of vCPUs, all that are given or none.</summary>
[Cmdlet(VerbsCommon.Set, "KvmMsr", SupportsShouldProcess = true)]
public sealed class SetKvmMsrCommand : VcpuCmdlet
{
    /// <summary>The MSRs, by name or number, and their values: @{ IA32_TSC = 0; 0x10B = 1 }.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(MsrValueCompleter))]
    [ValidateNotNull]
    public Hashtable Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (!ShouldProcess(vcpu.ToString(), $"Set {string.Join(", ", Value.Keys.Cast<object>().Select(key => $"{key}").Order())}"))
                continue;
            if (Encode(vcpu) is { } values)
                Attempt(() => vcpu.WriteMsrs(values));
        }
    }

    private List<(uint Index, ulong Value)>? Encode(KvmVcpu vcpu)
    {
        var values = new List<(uint, ulong)>();
        foreach (DictionaryEntry entry in Value)
        {
            uint[] found = [.. new MsrArgument(entry.Key).Resolve([])];
            if (found.Length == 0)
            {
                WriteError(LookupErrors.MsrUnknown(vcpu, $"{entry.Key}"));
                return null;
            }
            if (!Numbers.TryRead(entry.Value, out ulong value))
            {
                WriteError(LookupErrors.RegisterValueInvalid(vcpu, $"{entry.Key}: '{entry.Value}' is not a number."));
                return null;
            }
            values.Add((found[0], value));
        }
        return values;
    }
}
