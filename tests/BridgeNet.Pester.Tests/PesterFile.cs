namespace BridgeNet.Pester.Tests;

/// <summary>A file of tests, on a firewall backend, by a version of Pester.</summary>
internal sealed record PesterFile(string Path, string Firewall, string PesterVersion)
{
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Begins the names and identifiers of its tests.</summary>
    public string Label => $"[{Firewall}, Pester {PesterVersion}] {Name}";

    public bool Contains(string uid) => uid.StartsWith(Label + "/", StringComparison.Ordinal);
}
