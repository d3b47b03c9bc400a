using KvmPS.Native;

namespace KvmPS.Views.Report;

/// <content>What the hosts have, side by side. Hosts that have the same share a column.</content>
internal sealed partial class HostReport
{
    private void WriteMatrix(string architecture, ReportHost[] all)
    {
        var names = all.SelectMany(host => host.Facts.Keys).Distinct().Order().ToArray();
        ReportHost[][] columns = [.. all.GroupBy(host => string.Join('\n', names.Select(name => Value(host, name)))).Select(group => group.ToArray())];
        var same = names.ToLookup(name => columns.All(column => Value(column[0], name) == Value(columns[0][0], name)));
        page.Raw("<section>\n").Element("h2", IsAlone ? "What it has" : hosts.Length == all.Length ? "What they have" : $"What they have: {architecture}").Raw("\n");
        if (columns.Length > 1)
        {
            WriteLegend(columns, names);
            WriteRows(columns, [.. same[false]]);
        }
        WriteCommon(columns, same[true]);
        page.Raw("</section>\n");
    }

    private static string Value(ReportHost host, (KvmHostDifferenceKind, string) name) =>
        host.Facts.GetValueOrDefault(name) ?? (host.IsUnread(name) ? Unread : NotThere);

    private void WriteLegend(ReportHost[][] columns, (KvmHostDifferenceKind, string)[] names)
    {
        page.Raw("<p>").Text($"Hosts that have the same share a column; what keeps guests of {reference.HostName} away stands out.").Raw("</p>\n<dl class=\"legend\">\n");
        for (int i = 0; i < columns.Length; i++)
        {
            page.Element("dt", Letter(i)).Raw("<dd>");
            WriteNames(columns[i]);
            page.Raw("</dd>\n");
        }
        if (columns.Any(column => names.Any(column[0].IsUnread)))
            page.Element("dt", Unread).Element("dd", "could not be read").Raw("\n");
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
            bool isNumber = IsNumber(columns, name);
            foreach (ReportHost[] column in columns)
                WriteCell(name, column, isNumber);
            page.Raw("</tr>\n");
        }
        page.Raw("</tbody></table></div>\n");
    }

    // Many capabilities answer 1 for yes, and some a number, which can be 1 as well.
    private bool IsNumber(ReportHost[][] columns, (KvmHostDifferenceKind Kind, string) name) => name.Kind == KvmHostDifferenceKind.Capability
        && columns.Select(column => column[0]).Append(referenceHost).Any(host => Value(host, name) is not ("0" or One or NotThere or Unread));

    // Facts are escaped already.
    private void WriteCell((KvmHostDifferenceKind Kind, string) name, ReportHost[] column, bool isNumber)
    {
        string value = Value(column[0], name);
        string kind = column.Any(host => host.IsBlocked(name)) ? "bad" : value != NotThere && Value(referenceHost, name) == NotThere ? "new" : "";
        page.Raw(value switch
        {
            Unread => $"<td class=\"unread\">{Unread}</td>",
            NotThere => $"<td class=\"no {kind}\">{(kind == "bad" ? No : "–")}</td>",
            One when name.Kind == KvmHostDifferenceKind.Capability && !isNumber => $"<td class=\"yes {kind}\">{Yes}</td>",
            There => $"<td class=\"yes {kind}\">{Yes}</td>",
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
                string value = Value(columns[0][0], name);
                bool isPlain = value == There || (value == One && name.Kind == KvmHostDifferenceKind.Capability && !IsNumber(columns, name));
                page.Raw("<li>").Text(name.Name).Raw(isPlain ? "" : $" <b>{value}</b>").Raw("</li>\n");
            }
            page.Raw("</ul></details>\n");
        }
    }

    // A to Z, then AA, AB …, as spreadsheets have it.
    private static string Letter(int column) => (column >= 26 ? Letter((column / 26) - 1) : "") + (char)('A' + (column % 26));
}
