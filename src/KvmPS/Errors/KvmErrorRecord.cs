using System.Management.Automation;
using KvmPS.Native;

namespace KvmPS.Errors;

/// <summary>Makes the error records that this module writes.</summary>
internal static class KvmErrorRecord
{
    public static ErrorRecord From(KvmException exception) =>
        Make(exception, KvmErrorTable.Find(exception), exception.Subject);

    public static ErrorRecord Make(Exception exception, KvmErrorRow row, object? target) =>
        new(exception, row.Id, row.Category, target)
        {
            ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = row.Advice },
        };
}
