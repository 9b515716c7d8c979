namespace BridgeNet.TestKit;

/// <summary>The working tree that these tests are of.</summary>
public static class Repository
{
    private const string Manifest = "BridgeNet.psd1";

    /// <summary>Its folder, which has the module's manifest.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The program of another project, in the configuration that this one is built in: <c>.../bin/CONFIGURATION/FRAMEWORK/</c>.
    /// </summary>
    /// <param name="project">The project's folder, from the root, which has the program's name.</param>
    public static string Program(string project)
    {
        string[] folders = AppContext.BaseDirectory.TrimEnd('/').Split('/');
        return Path.Combine(Root, project, "bin", folders[^2], folders[^1], Path.GetFileName(project));
    }

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, Manifest)))
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is below no folder with {Manifest}.");
        return folder;
    }
}
