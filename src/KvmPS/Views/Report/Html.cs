using System.Net;
using System.Text;

namespace KvmPS.Views.Report;

/// <summary>HTML as it is written: whatever is text is escaped, and nothing is referred to that is elsewhere.</summary>
internal sealed class Html
{
    private readonly StringBuilder text = new();

    /// <summary>Markup of this module's own.</summary>
    public Html Raw(string markup)
    {
        text.Append(markup);
        return this;
    }

    /// <summary>Text of anybody's.</summary>
    public Html Text(object? value)
    {
        text.Append(Escape(value));
        return this;
    }

    /// <summary>An element around text.</summary>
    public Html Element(string tag, object? value, string attributes = "") =>
        Raw(attributes.Length > 0 ? $"<{tag} {attributes}>" : $"<{tag}>").Text(value).Raw($"</{tag}>");

    /// <summary>A row of headings.</summary>
    public Html Headings(params IEnumerable<string> names)
    {
        Raw("<thead><tr>");
        foreach (string name in names)
            Element("th", name, "scope=\"col\"");
        return Raw("</tr></thead>\n");
    }

    /// <summary>For attributes, in quotes of either kind.</summary>
    public static string Escape(object? value) => WebUtility.HtmlEncode(value switch
    {
        null => "–",
        true => "yes",
        false => "no",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}"),
    });

    public override string ToString() => text.ToString();
}
