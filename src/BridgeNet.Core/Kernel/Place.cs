using System.Text.Json.Serialization;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>The network namespace of an object: the host's, or a container's.</summary>
/// <param name="Container">The container, with the identity of its namespace; null for the host.</param>
internal sealed record Place(ContainerRow? Container)
{
    /// <summary>The host's namespace.</summary>
    public static Place Host { get; } = new((ContainerRow?)null);

    /// <summary>A container's namespace.</summary>
    public static Place Of(ContainerRow container) => new(container with { Endpoints = [] });

    /// <summary>The path of a container's namespace, quoted for a shell.</summary>
    [JsonIgnore]
    public string Path => ShellWord.Of(Container!.NetNSPath);

    /// <summary>The name of the namespace for <c>ip netns</c>; null if it has none.</summary>
    [JsonIgnore]
    public string? NetNSName =>
        Container is { NetNSPath: var path } && System.IO.Path.GetDirectoryName(path) is "/run/netns" or "/var/run/netns"
            ? ShellWord.Of(System.IO.Path.GetFileName(Container.NetNSPath))
            : null;

    /// <summary>The <c>ip</c> command for the namespace; <c>-n</c> accepts only names.</summary>
    [JsonIgnore]
    public string Ip =>
        Container is null ? "ip"
        : NetNSName is { } name ? $"ip -n {name}"
        : $"nsenter --net={Path} ip";

    /// <summary>The <c>sysctl</c> command for the namespace.</summary>
    [JsonIgnore]
    public string Sysctl =>
        Container is null ? "sysctl"
        : NetNSName is { } name ? $"ip netns exec {name} sysctl"
        : $"nsenter --net={Path} sysctl";

    /// <summary>
    /// Whether it is a namespace of this module without a recorded identity: it is not created yet, so an object at its path is foreign.
    /// </summary>
    [JsonIgnore]
    public bool IsUnidentified => Container is { Kind: ContainerKind.Owned or ContainerKind.Host, NetNS: null, NetNSInode: 0 };

    // The name of the container does not matter: it may be renamed.
    public bool Equals(Place? other) => other is not null && Container?.Id == other.Container?.Id;

    public override int GetHashCode() => Container?.Id.GetHashCode(StringComparison.Ordinal) ?? 0;
}
