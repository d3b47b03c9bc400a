using System.Text;
using System.Text.Json.Nodes;
using KvmPS.Native;

namespace KvmPS.Fuzz;

/// <summary>Saved VMs that nobody saved: state.json with parts that are missing, double, of another type or of another size.</summary>
internal static class StateFuzz
{
    /// <summary>Restores changed copies of a saved VM; the contents of the kernel's structures stay as they are.</summary>
    public static Tally Run(int seed, int rounds, string folder)
    {
        var random = new Random(seed);
        string path = Path.Combine(folder, "state.json");
        string original = File.ReadAllText(path);
        var tally = new Tally();
        for (int round = 0; round < rounds; round++)
        {
            File.WriteAllText(path, Changed(original, random));
            int before = KvmVm.All.Count();
            try
            {
                KvmVm.Restore(new KvmSystem(), folder).Dispose();
                tally.Taken++;
            }
            catch (Exception exception) when (exception is KvmException or IOException)
            {
                tally.Refused++;
            }
            if (KvmVm.All.Count() != before)
                throw new InvalidOperationException($"A VM is left after round {round} with the seed {seed}.");
        }
        File.WriteAllText(path, original);
        return tally;
    }

    private static string Changed(string original, Random random)
    {
        if (random.Next(8) == 0)
            return Torn(original, random);
        JsonNode root = JsonNode.Parse(original)!;
        for (int change = random.Next(1, 4); change > 0; change--)
            Change(root, random);
        return root.ToJsonString(new() { MaxDepth = 1000 });
    }

    // A file that was written halfway, or over which something ran.
    private static string Torn(string original, Random random)
    {
        var text = new StringBuilder(original[..random.Next(original.Length)]);
        for (int i = random.Next(4); i > 0 && text.Length > 0; i--)
            text[random.Next(text.Length)] = (char)random.Next(0x20, 0x3000);
        return text.ToString();
    }

    private static void Change(JsonNode root, Random random)
    {
        JsonNode at = root;
        while (Inside(at, random) is { } inside)
            at = inside;
        if (at is JsonObject { Count: > 0 } table)
        {
            string name = table.ElementAt(random.Next(table.Count)).Key;
            if (random.Next(4) == 0)
                table.Remove(name);
            else
                table[name] = Value(random);
        }
        else if (at is JsonArray { Count: > 0 } list)
        {
            int index = random.Next(list.Count);
            if (random.Next(2) == 0)
                list.Add(list[index]?.DeepClone());
            else
                list[index] = Value(random);
        }
    }

    // Further down, mostly.
    private static JsonNode? Inside(JsonNode at, Random random)
    {
        JsonNode?[] children = at switch
        {
            JsonObject table => [.. table.Select(pair => pair.Value)],
            JsonArray list => [.. list],
            _ => [],
        };
        JsonNode[] inner = [.. children.Where(child => child is JsonObject or JsonArray).OfType<JsonNode>()];
        return inner.Length > 0 && random.Next(4) > 0 ? inner[random.Next(inner.Length)] : null;
    }

    private static JsonNode? Value(Random random) => random.Next(12) switch
    {
        0 => null,
        1 => -1,
        2 => JsonValue.Create(Hostile.Number(random)),
        3 => JsonNode.Parse("1e400"),
        4 => "",
        5 => "../../../etc/passwd",
        6 => "\u001B[2J\0",
        7 => Convert.ToBase64String(new byte[random.Next(5000)]),
        8 => new JsonArray(),
        9 => new JsonObject { [new string('x', random.Next(1000))] = 1 },
        10 => Deep(random.Next(200)),
        _ => true,
    };

    private static JsonNode Deep(int levels)
    {
        JsonNode node = 1;
        for (int i = 0; i < levels; i++)
            node = new JsonArray(node);
        return node;
    }
}
