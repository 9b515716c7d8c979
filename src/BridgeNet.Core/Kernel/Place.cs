using System.Text.Json.Serialization;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>The network namespace that a thing is in: the host's, or a container's.</summary>
/// <param name="Container">By what its namespace is known; null for the host.</param>
internal sealed record Place(ContainerRow? Container)
{
    /// <summary>The host's.</summary>
    public static Place Host { get; } = new((ContainerRow?)null);

    /// <summary>A container's.</summary>
    public static Place Of(ContainerRow container) => new(container with { Endpoints = [] });

    /// <summary>The path of a container's namespace, as a shell takes it: it may be any.</summary>
    [JsonIgnore]
    public string Path => ShellWord.Of(Container!.NetNSPath);

    /// <summary>The name by which <c>ip netns</c> knows it; null where it is not among those.</summary>
    [JsonIgnore]
    public string? NetNSName =>
        Container is { NetNSPath: var path } && System.IO.Path.GetDirectoryName(path) is "/run/netns" or "/var/run/netns"
            ? ShellWord.Of(System.IO.Path.GetFileName(Container!.NetNSPath))
            : null;

    /// <summary>What <c>ip</c> is called as: its <c>-n</c> takes names alone.</summary>
    [JsonIgnore]
    public string Ip =>
        Container is null ? "ip"
        : NetNSName is { } name ? $"ip -n {name}"
        : $"nsenter --net={Path} ip";

    /// <summary>What <c>sysctl</c> is called as.</summary>
    [JsonIgnore]
    public string Sysctl =>
        Container is null ? "sysctl"
        : NetNSName is { } name ? $"ip netns exec {name} sysctl"
        : $"nsenter --net={Path} sysctl";

    // The same namespace, whatever its container is called by then.
    public bool Equals(Place? other) => other is not null && Container?.Id == other.Container?.Id;

    public override int GetHashCode() => Container?.Id.GetHashCode(StringComparison.Ordinal) ?? 0;
}
