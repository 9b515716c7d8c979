using BridgeNet.Shell;

namespace BridgeNet.Module.Tests;

/// <summary>Where the restore put the packages that tests use as files.</summary>
internal static class Packages
{
    /// <summary>A file or folder of a package.</summary>
    public static string Path(string package, string version, string path) =>
        RestoredPowerShell
            .PackageRoots.Select(root => System.IO.Path.Combine(root, package.ToLowerInvariant(), version, path))
            .First(System.IO.Path.Exists);
}
