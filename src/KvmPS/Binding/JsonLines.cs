using System.Text;
using System.Text.Json;

namespace KvmPS.Binding;

/// <summary>A JSON document that comes line by line, as Get-Content without -Raw has it.</summary>
internal sealed class JsonLines
{
    private readonly StringBuilder text = new();
    private JsonReaderState state;
    private byte[] rest = [];

    /// <summary>The lines until now.</summary>
    public string Text => text.ToString();

    /// <summary>How many lines there are.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the document has its end.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether a text is the beginning of a document, and not all of it.</summary>
    public static bool IsBegun(string line)
    {
        try
        {
            var lines = new JsonLines();
            lines.Add(line);
            return !lines.IsComplete && line.AsSpan().TrimStart() is ['{' or '[', ..];
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <exception cref="JsonException">It does not go on like this.</exception>
    public void Add(string line)
    {
        text.Append(Count++ > 0 ? "\n" : "").Append(line);
        byte[] bytes = [.. rest, .. Encoding.UTF8.GetBytes(line), (byte)'\n'];
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state);
        while (reader.Read())
            IsComplete = reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
        rest = bytes[(int)reader.BytesConsumed..];
        state = reader.CurrentState;
    }
}
