using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace KvmPS.TestRunner;

/// <summary>Writes a run as NUnit 2.5 XML, which Pester calls NUnitXml.</summary>
internal static class NUnitXml
{
    public static void Write(PesterRun run, string path)
    {
        var containers = run.Containers.Where(container => container.ShouldRun);
        var results = Element("test-results", [
            ("name", "Pester"), ("total", run.TotalCount - run.NotRunCount), ("errors", 0),
            ("failures", run.FailedCount), ("not-run", run.NotRunCount), ("inconclusive", run.InconclusiveCount),
            ("ignored", 0), ("skipped", run.SkippedCount), ("invalid", 0),
            ("date", $"{run.ExecutedAt:yyyy-MM-dd}"), ("time", $"{run.ExecutedAt:HH:mm:ss}")]);
        results.Add(
            Element("environment", [
                ("nunit-version", "2.5.8.0"), ("clr-version", Environment.Version),
                ("os-version", Environment.OSVersion.Version), ("platform", Environment.OSVersion.Platform),
                ("cwd", Environment.CurrentDirectory), ("machine-name", Environment.MachineName),
                ("user", Environment.UserName), ("user-domain", "")]),
            Element("culture-info", [
                ("current-culture", CultureInfo.CurrentCulture), ("current-uiculture", CultureInfo.CurrentUICulture)]),
            Suite("TestFixture", "Pester", "Pester", run.Duration, run.Tests, containers.Select(FromContainer)));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        new XDocument(results).Save(path);
    }

    private static XElement FromContainer(Block root) => FromBlock(root, root.Name);

    private static XElement FromBlock(Block block, string name)
    {
        var children = block.Children.Where(child => child.ShouldRun).ToList();
        var blocks = children.OfType<Block>().Select(child => FromBlock(child, child.ExpandedPath));
        var tests = children.OfType<Test>().GroupBy(test => test.GroupId).SelectMany(FromGroup);
        return Suite("TestFixture", name, name, block.Duration, block.AllTests, blocks.Concat(tests));
    }

    private static IEnumerable<XElement> FromGroup(IGrouping<string?, Test> group)
    {
        var cases = group.Select(FromTest);
        if (group.Key is null)
            return cases;
        var first = group.First();
        var duration = group.Aggregate(TimeSpan.Zero, (sum, test) => sum + test.Duration);
        return [Suite("ParameterizedTest", string.Join('.', first.Path), first.Name, duration, group, cases)];
    }

    private static XElement FromTest(Test test)
    {
        var element = Element("test-case", [
            ("description", test.ExpandedName), ("name", test.ExpandedPath), ("time", Seconds(test.Duration)),
            ("asserts", 0), ("success", test.Result == "Passed"), ("result", NUnitName(test.Result)),
            ("executed", test.Result != "Skipped")]);
        if (test.Result == "Failed")
        {
            var lines = test.ErrorRecord.SelectMany(Errors.Message).DefaultIfEmpty("A setup around it failed.");
            var message = new XElement("message", Text(lines));
            var trace = new XElement("stack-trace", Text(test.ErrorRecord.SelectMany(Errors.Trace)));
            element.Add(new XElement("failure", message, trace));
        }
        else if (test.Result is "Skipped" or "Inconclusive" && test.ErrorRecord.Count > 0)
        {
            element.Add(new XElement("reason", new XElement("message", Text(test.ErrorRecord.Select(error => error.Exception.Message)))));
        }

        return element;
    }

    private static XElement Suite(
        string type,
        string name,
        string description,
        TimeSpan time,
        IEnumerable<Test> tests,
        IEnumerable<XElement> content)
    {
        var results = tests.Select(test => test.Result).ToHashSet();
        var worst = Array.Find(["Failed", "Skipped", "Inconclusive"], results.Contains) ?? "Passed";
        var suite = Element("test-suite", [
            ("type", type), ("name", name), ("executed", true), ("result", NUnitName(worst)),
            ("success", worst != "Failed"), ("time", Seconds(time)), ("asserts", 0), ("description", description)]);
        suite.Add(new XElement("results", content));
        return suite;
    }

    private static string NUnitName(string result) => result switch
    {
        "Passed" => "Success",
        "Skipped" => "Ignored",
        "Inconclusive" => result,
        _ => "Failure",
    };

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.####", CultureInfo.InvariantCulture);

    // Most control characters have no place in XML: one VT sequence in a message would make the file unreadable.
    private static string Text(IEnumerable<string> lines) =>
        string.Concat(string.Join('\n', lines).Select(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c) ? c : '?'));

    private static XElement Element(string name, (string Name, object Value)[] attributes) =>
        new(name, attributes.Select(attribute => new XAttribute(attribute.Name, Text([$"{attribute.Value}"]))));
}
