using System.Text;

namespace KvmPS.Commands.Memory;

/// <summary>Text as guests have it: bytes up to the first zero.</summary>
internal static class GuestText
{
    public static string From(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
