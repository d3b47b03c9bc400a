using System.Globalization;
using KvmPS.Native;

namespace KvmPS.Views.Report;

/// <summary>One or many hosts as a page of HTML that needs nothing else.</summary>
internal sealed partial class HostReport
{
    private const string Yes = "✓";
    private const string No = "✕";
    private const string There = "yes";
    private const string NotThere = "no";
    private const string One = "1";
    private const string Unread = "?";

    private readonly Html page = new();
    private readonly string title;
    private readonly ReportHost[] hosts;
    private readonly KvmHostSnapshot reference;
    private readonly ReportHost referenceHost;

    /// <param name="title">What the page is called.</param>
    /// <param name="reference">What the hosts are compared with.</param>
    /// <param name="snapshots">The hosts.</param>
    public HostReport(string title, KvmHostSnapshot reference, IEnumerable<KvmHostSnapshot> snapshots)
    {
        this.title = title;
        this.reference = reference;
        referenceHost = new ReportHost(reference, 0, []);
        var comparison = new SnapshotComparison(reference);
        hosts = [.. snapshots.Select((snapshot, i) => new ReportHost(snapshot, i + 1, comparison.With(snapshot)))];
    }

    public override string ToString()
    {
        WriteHead();
        WriteSummary();
        if (!IsAlone)
            WriteObstacles();
        WriteHosts();
        if (!IsAlone)
            WriteOthers();
        foreach (IGrouping<string, ReportHost> architecture in hosts.GroupBy(host => host.Snapshot.Architecture))
            WriteMatrix(architecture.Key, [.. architecture]);
        page.Raw("</main>\n</body>\n</html>\n");
        return page.ToString();
    }

    private bool IsAlone => hosts.Length == 1 && hosts[0].Snapshot == reference;

    private void WriteHead()
    {
        using Stream stream = typeof(HostReport).Assembly.GetManifestResourceStream("report.css")!;
        using var style = new StreamReader(stream);
        page.Raw("""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />

            """);
        page.Element("title", title).Raw("\n<style>\n").Raw(style.ReadToEnd()).Raw("</style>\n</head>\n<body>\n<main>\n");
        page.Element("h1", title).Raw("\n");
    }

    private void WriteSummary()
    {
        page.Raw("<p class=\"lead\">");
        if (IsAlone)
            page.Text("What KVM offers guests on ").Element("b", reference.HostName).Text(".");
        else
            page.Text(Count(hosts.Length, "host")).Text(", compared with ").Element("b", reference.HostName).Text(": could its guests run there?");
        page.Raw("</p>\n");
        if (IsAlone)
            return;
        int open = hosts.Count(host => host.Blocking == 0);
        page.Raw("<ul class=\"tiles\">\n");
        Tile(open, "can take any guest of it", open > 0 ? "good" : "");
        Tile(hosts.Length - open, "cannot take every guest", open < hosts.Length ? "bad" : "");
        Tile(hosts.SelectMany(host => host.Differences).Where(row => row.Blocking).DistinctBy(row => (row.Kind, row.Name)).Count(), "things block on some host", "");
        page.Raw("</ul>\n");
    }

    private void Tile(int number, string what, string kind) =>
        page.Raw($"<li class=\"tile {kind}\">").Element("b", number).Raw(" ").Element("span", what).Raw("</li>\n");

    private void WriteHosts()
    {
        page.Raw("<section>\n").Element("h2", IsAlone ? "Host" : "Hosts").Raw("\n<div class=\"wide\"><table class=\"hosts\">\n");
        page.Headings(IsAlone ? [.. HostColumns] : ["Guests of " + reference.HostName, .. HostColumns]).Raw("<tbody>\n");
        foreach (ReportHost host in hosts)
            WriteHost(host);
        page.Raw("</tbody></table></div>\n");
        if (IsAlone)
            WriteGaps();
        page.Raw("</section>\n");
    }

    private void WriteGaps()
    {
        foreach (KvmSnapshotGap gap in reference.Gaps)
            page.Raw("<p>").Text("Not read: ").Element("b", gap.Name).Text($", {gap.Reason}").Raw("</p>\n");
    }

    private static readonly string[] HostColumns = ["Host", "Processor", "Kernel", "KVM", "vCPUs", "TSC", "Taken"];

    private void WriteHost(ReportHost host)
    {
        KvmHostSnapshot snapshot = host.Snapshot;
        page.Raw($"<tr id=\"host{host.Number}\">");
        if (!IsAlone)
        {
            page.Raw("<td>");
            Badge(host);
            page.Raw("</td>");
        }
        page.Raw("<th scope=\"row\">").Element("span", snapshot.HostName).Raw("</th>");
        page.Element("td", snapshot.Processor ?? snapshot.Architecture).Element("td", snapshot.KernelVersion, "class=\"code\"");
        page.Element("td", snapshot.Backend ?? "built in", "class=\"code\"").Element("td", MaxVcpus(snapshot), "class=\"number\"");
        page.Element("td", snapshot.TscKhz is { } khz ? string.Create(CultureInfo.InvariantCulture, $"{khz / 1000.0:0.###} MHz") : null, "class=\"number\"");
        page.Element("td", snapshot.Taken?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), "class=\"number\"").Raw("</tr>\n");
    }

    private void Badge(ReportHost host)
    {
        if (ReferenceEquals(host.Snapshot, reference))
            page.Raw("<span class=\"badge\">the reference</span>");
        else if (host.Blocking == 0)
            page.Raw($"<span class=\"badge good\">{Yes} all can run</span>");
        else
            page.Raw($"<span class=\"badge bad\">{No} ").Text(Count(host.Blocking, "obstacle")).Raw("</span>");
    }

    private static int? MaxVcpus(KvmHostSnapshot snapshot) =>
        snapshot.Capabilities?.FirstOrDefault(capability => capability.Name == "KVM_CAP_MAX_VCPUS")?.VmValue;

    private void WriteObstacles()
    {
        page.Raw("<section>\n<h2>What keeps guests from moving</h2>\n");
        var rows = Differences(blocking: true);
        if (rows.Length > 0)
            WriteDifferences(rows);
        else
            page.Raw("<p>Nothing: all of them could run on every host.</p>\n");
        page.Raw("</section>\n");
    }

    private void WriteOthers()
    {
        var rows = Differences(blocking: false);
        if (rows.Length == 0)
            return;
        page.Raw("<section>\n<details><summary><h2>What differs and does not matter</h2> ").Element("span", rows.Length, "class=\"count\"").Raw("</summary>\n");
        WriteDifferences(rows);
        page.Raw("</details>\n</section>\n");
    }

    // What is the same on several hosts is one row.
    private (ReportHost Host, KvmHostDifference Row)[][] Differences(bool blocking) =>
    [
        .. hosts.SelectMany(host => host.Differences.Where(row => row.Blocking == blocking).Select(row => (Host: host, Row: row)))
            .GroupBy(pair => (pair.Row.Kind, pair.Row.Name), (_, pairs) => pairs.ToArray())
            .OrderBy(pairs => pairs[0].Row.Kind).ThenByDescending(pairs => pairs.Length),
    ];

    private void WriteDifferences(IEnumerable<(ReportHost Host, KvmHostDifference Row)[]> groups)
    {
        page.Raw("<div class=\"wide\"><table class=\"differences\">\n").Headings("Kind", "What", reference.HostName, "There", "Why", "Hosts").Raw("<tbody>\n");
        foreach ((ReportHost Host, KvmHostDifference Row)[] group in groups)
        {
            KvmHostDifference first = group[0].Row;
            page.Raw("<tr>").Element("td", KindTitles.Of(first.Kind), "class=\"kind\"").Element("th", first.Name, "scope=\"row\"").Element("td", first.Reference);
            page.Element("td", Values(group.Select(pair => pair.Row.Difference)), first.Blocking ? "class=\"bad\"" : "");
            page.Element("td", first.Reason, "class=\"why\"").Raw("<td class=\"names\">");
            WriteNames([.. group.Select(pair => pair.Host)]);
            page.Raw("</td></tr>\n");
        }
        page.Raw("</tbody></table></div>\n");
    }

    // Every host may have a value of its own; three say enough.
    private static object? Values(IEnumerable<object?> values)
    {
        object?[] distinct = [.. values.Distinct()];
        return distinct.Length == 1 ? distinct[0] : string.Join(", ", distinct.Take(3)) + (distinct.Length > 3 ? " …" : "");
    }

    private void WriteNames(ReportHost[] named)
    {
        const int Few = 4;
        if (named.Length > Few)
            page.Raw("<details><summary>").Text(named.Length == hosts.Length ? "all" : $"{named.Length} of {hosts.Length}").Raw("</summary>");
        for (int i = 0; i < named.Length; i++)
        {
            page.Raw(i > 0 ? ", " : "").Raw($"<a href=\"#host{named[i].Number}\">").Text(named[i].Snapshot.HostName).Raw("</a>");
        }
        if (named.Length > Few)
            page.Raw("</details>");
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
