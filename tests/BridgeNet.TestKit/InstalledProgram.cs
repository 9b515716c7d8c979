namespace BridgeNet.TestKit;

/// <summary>A program of the machine's.</summary>
public static class InstalledProgram
{
    // A user's PATH often lacks the others, where the tools of networks are.
    private static readonly string[] s_folders =
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(Path.IsPathRooted),
        "/usr/sbin",
        "/sbin",
    ];

    /// <summary>Its path; null where it is not installed.</summary>
    public static string? Find(string name) => s_folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
