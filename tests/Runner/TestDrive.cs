using System.IO.Enumeration;
using System.Management.Automation;

namespace KvmPS.TestRunner;

/// <summary>The scratch folder of a file: $TestDrive and TestDrive:. What a block leaves there goes with it.</summary>
internal sealed class TestDrive : IDisposable
{
    private const string Name = "TestDrive";
    private readonly SessionState session;
    private readonly string folder = Directory.CreateTempSubdirectory("TestDrive").FullName;
    private readonly string? outerFolder;

    public TestDrive(SessionState session)
    {
        this.session = session;
        outerFolder = session.PSVariable.GetValue($"global:{Name}") as string;
        Mount(folder);
    }

    // Links are entries, not ways: what they point to lies elsewhere and must never be listed, or it would be deleted.
    public HashSet<string> List() =>
    [
        .. new FileSystemEnumerable<string>(
            folder, (ref FileSystemEntry entry) => entry.ToFullPath(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        },
    ];

    public void RemoveAllBut(HashSet<string> files)
    {
        // The content of a folder sorts after it.
        foreach (var entry in List().Except(files).OrderDescending(StringComparer.Ordinal))
            Remove(entry);
    }

    public void Dispose()
    {
        Remove(folder);
        Mount(outerFolder);
    }

    private static void Remove(string entry)
    {
        if (new FileInfo(entry).LinkTarget is null && Directory.Exists(entry))
            Directory.Delete(entry, true);
        else
            File.Delete(entry);
    }

    private void Mount(string? root)
    {
        if (session.Drive.GetAll().Any(drive => drive.Name == Name))
            session.Drive.Remove(Name, force: true, "global");
        session.PSVariable.Set($"global:{Name}", root);
        if (root is null)
            return;
        var provider = session.Provider.GetOne("FileSystem");
        session.Drive.New(new PSDriveInfo(Name, provider, root, "The scratch folder of the tests", null), "global");
    }
}
