using System.Reflection;

namespace BridgeNet.Module.Tests;

/// <summary>Where the restore put the packages that tests use as files.</summary>
internal static class Packages
{
    /// <summary>A file or folder of a package.</summary>
    public static string Path(string package, string version, string path) =>
        System.IO.Path.Combine(s_root, package.ToLowerInvariant(), version, path);

    private static readonly string s_root = typeof(Packages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "PackageRoot").Value!;
}
