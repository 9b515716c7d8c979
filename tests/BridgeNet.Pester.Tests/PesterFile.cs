namespace BridgeNet.Pester.Tests;

/// <summary>A file of tests, on a firewall backend, by a version of Pester.</summary>
internal sealed record PesterFile(string Path, string Firewall, string PesterVersion)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Begins the names and identifiers of its tests.</summary>
    public string Label => $"[{Firewall}, Pester {PesterVersion}] {Name}";

    /// <summary>Whether it tests what <c>build.ps1 -Task Package</c> makes.</summary>
    public bool NeedsPackage => Name.StartsWith("Package.", StringComparison.Ordinal);
}
