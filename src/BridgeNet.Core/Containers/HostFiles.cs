namespace BridgeNet.Containers;

/// <summary>The files in the mount namespace of the process.</summary>
internal sealed class HostFiles : IHostFiles
{
    /// <inheritdoc/>
    public string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    /// <inheritdoc/>
    public IContainerFiles Of(string location) => new ContainerFiles(location);
}
