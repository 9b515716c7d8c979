namespace BridgeNet.Containers;

/// <summary>The kernel's network namespaces.</summary>
internal sealed class KernelNamespaces : INamespaces
{
    /// <inheritdoc/>
    public INetworkNamespace Current() => NetworkNamespace.Current();

    /// <inheritdoc/>
    public INetworkNamespace Create() => NetworkNamespace.Create();

    /// <inheritdoc/>
    public INetworkNamespace Open(string path) => NetworkNamespace.Open(path);

    /// <inheritdoc/>
    public INetworkNamespace? TryOpen(string path) => NetworkNamespace.TryOpen(path);

    /// <inheritdoc/>
    public bool Release(string path, ulong cookie) => NetworkNamespace.Release(path, cookie);

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool IsOccupied(string path) => Directory.Exists(path) || new FileInfo(path) is { Exists: true, Length: > 0 };

    /// <inheritdoc/>
    public ulong? ProcessStart(int processId) => Native.ProcessStart.Of(processId);
}
