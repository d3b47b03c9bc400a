using KvmPS.Native;

namespace KvmPS.Views.Report;

/// <content>What the hosts have, side by side. Hosts that have the same share a column.</content>
internal sealed partial class HostReport
{
    private void WriteMatrix(string architecture, ReportHost[] all)
    {
        ReportHost[][] columns = [.. all.GroupBy(host => string.Join('\n', host.Facts.OrderBy(fact => fact.Key).Select(fact => $"{fact.Key} {fact.Value}"))).Select(group => group.ToArray())];
        var names = all.SelectMany(host => host.Facts.Keys).Distinct().Order().ToArray();
        var same = names.ToLookup(name => columns.All(column => Value(column, name) == Value(columns[0], name)));
        page.Raw("<section>\n").Element("h2", IsAlone ? "What it has" : hosts.Length == all.Length ? "What they have" : $"What they have: {architecture}").Raw("\n");
        if (columns.Length > 1)
        {
            WriteLegend(columns);
            WriteRows(columns, [.. same[false]]);
        }
        WriteCommon(columns, same[true]);
        page.Raw("</section>\n");
    }

    private static string? Value(ReportHost[] column, (KvmHostDifferenceKind, string) name) => column[0].Facts.GetValueOrDefault(name);

    private void WriteLegend(ReportHost[][] columns)
    {
        page.Raw("<p>").Text($"Hosts that have the same share a column; what is less than on {reference.HostName}, or otherwise, stands out.").Raw("</p>\n<dl class=\"legend\">\n");
        for (int i = 0; i < columns.Length; i++)
        {
            page.Element("dt", Letter(i)).Raw("<dd>");
            WriteNames(columns[i]);
            page.Raw("</dd>\n");
        }
        page.Raw("</dl>\n");
    }

    private void WriteRows(ReportHost[][] columns, (KvmHostDifferenceKind Kind, string Name)[] names)
    {
        page.Raw("<div class=\"wide\"><table class=\"matrix\">\n").Headings(["", .. columns.Select((_, i) => Letter(i))]).Raw("<tbody>\n");
        KvmHostDifferenceKind? kind = null;
        foreach ((KvmHostDifferenceKind Kind, string Name) name in names)
        {
            if (name.Kind != kind)
            {
                kind = name.Kind;
                page.Raw($"<tr class=\"group\"><th colspan=\"{columns.Length + 1}\" scope=\"rowgroup\">").Text(KindTitles.Of(name.Kind)).Raw("</th></tr>\n");
            }
            page.Raw("<tr>").Element("th", name.Name, "scope=\"row\"");
            foreach (ReportHost[] column in columns)
                WriteCell(name, Value(column, name));
            page.Raw("</tr>\n");
        }
        page.Raw("</tbody></table></div>\n");
    }

    // Facts are escaped already. What the reference has and others have not, or have otherwise, stands out.
    private void WriteCell((KvmHostDifferenceKind, string) name, string? value)
    {
        string? expected = referenceFacts.GetValueOrDefault(name);
        string kind = value == expected ? "" : expected is null or NotThere ? "new" : "bad";
        page.Raw(value switch
        {
            null or NotThere => $"<td class=\"no {kind}\">{(kind == "bad" ? No : "–")}</td>",
            "yes" => $"<td class=\"yes {kind}\">{Yes}</td>",
            _ => $"<td class=\"code {kind}\">{value}</td>",
        });
    }

    private void WriteCommon(ReportHost[][] columns, IEnumerable<(KvmHostDifferenceKind Kind, string Name)> names)
    {
        foreach (IGrouping<KvmHostDifferenceKind, (KvmHostDifferenceKind Kind, string Name)> group in names.GroupBy(name => name.Kind))
        {
            page.Raw(IsAlone ? "<details open=\"\">" : "<details>").Raw("<summary>").Element("b", KindTitles.Of(group.Key)).Text(IsAlone || columns.Length == 1 ? "" : ", the same on all").Raw(" ");
            page.Element("span", group.Count(), "class=\"count\"").Raw("</summary>\n<ul class=\"chips\">\n");
            foreach ((KvmHostDifferenceKind Kind, string Name) name in group)
            {
                string? value = Value(columns[0], name);
                page.Raw("<li>").Text(name.Name).Raw(value is null or "yes" ? "" : $" <b>{value}</b>").Raw("</li>\n");
            }
            page.Raw("</ul></details>\n");
        }
    }

    // A to Z, then AA, AB …, as spreadsheets have it.
    private static string Letter(int column) => (column >= 26 ? Letter((column / 26) - 1) : "") + (char)('A' + (column % 26));
}
