using System.Collections;
using System.Management.Automation;
using KvmPS.Binding;
using KvmPS.Errors;
using KvmPS.Native;
using KvmPS.Native.Abi;

namespace KvmPS.Commands.Register;

/// <summary>Set-KvmRegister: changes registers of vCPUs, all that are given or none.</summary>
[Cmdlet(VerbsCommon.Set, "KvmRegister", SupportsShouldProcess = true)]
public sealed class SetKvmRegisterCommand : VcpuCmdlet
{
    /// <summary>The registers and their values: @{ rip = 0x1000; cs = @{ base = 0 } }. Fields that are left out stay.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(RegisterValueCompleter))]
    [ValidateNotNull]
    public Hashtable Value { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (KvmVcpu vcpu in Vcpu)
        {
            if (ShouldProcess(vcpu.ToString(), $"Set {string.Join(", ", Value.Keys.Cast<object>().Order())}"))
                Attempt(() => Set(vcpu));
        }
    }

    private void Set(KvmVcpu vcpu)
    {
        var changed = new Dictionary<RegisterSet, byte[]>();
        foreach (DictionaryEntry entry in Value)
        {
            if (RegisterCatalog.Find($"{entry.Key}") is not var (set, register))
            {
                WriteError(LookupErrors.RegisterUnknown(vcpu, $"{entry.Key}"));
                return;
            }
            if (!changed.TryGetValue(set, out byte[]? bytes))
                changed[set] = bytes = vcpu.ReadRegisters(set);
            Span<byte> target = bytes.AsSpan(register.Offset, register.Type.Size!.Value);
            if (AttrValueEncoder.WriteInPlace(entry.Value, register.Type, target) is { } problem)
            {
                WriteError(LookupErrors.RegisterValueInvalid(vcpu, $"{register.Name}: {problem}"));
                return;
            }
        }
        vcpu.WriteRegisters([.. RegisterCatalog.All.Where(changed.ContainsKey).Select(set => (set, changed[set]))]);
    }
}
