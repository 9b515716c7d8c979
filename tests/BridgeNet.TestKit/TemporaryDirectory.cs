namespace BridgeNet.TestKit;

/// <summary>A directory of a test's own, such as for a state; gone at its end.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bridgenet-");

    /// <summary>Where it is.</summary>
    public string Path => _directory.FullName;

    /// <summary>The path of a file in it, which need not be there.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Removes it with all that is in it.</summary>
    public void Dispose() => _directory.Delete(recursive: true);
}
