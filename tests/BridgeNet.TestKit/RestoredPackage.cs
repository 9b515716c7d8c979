using BridgeNet.Shell;

namespace BridgeNet.TestKit;

/// <summary>A package that the restore brought for its files.</summary>
public static class RestoredPackage
{
    /// <summary>Where a file or folder of a package is.</summary>
    /// <exception cref="FileNotFoundException">It is not restored.</exception>
    public static string Find(string package, string version, string path) =>
        RestoredPowerShell
            .PackageRoots.Select(root => Path.Combine(root, package.ToLowerInvariant(), version, path))
            .FirstOrDefault(Path.Exists)
        ?? throw new FileNotFoundException($"{package} {version} is not restored: no package folder has its {path}.");
}
