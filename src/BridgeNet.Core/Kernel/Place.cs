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

    /// <summary>What <c>ip</c> is called as.</summary>
    [JsonIgnore]
    public string Ip => Container is null ? "ip" : $"ip -n {Path}";

    /// <summary>What <c>sysctl</c> is called as.</summary>
    [JsonIgnore]
    public string Sysctl => Container is null ? "sysctl" : $"ip netns exec {Path} sysctl";

    // The same namespace, whatever its container is called by then.
    public bool Equals(Place? other) => other is not null && Container?.Id == other.Container?.Id;

    public override int GetHashCode() => Container?.Id.GetHashCode(StringComparison.Ordinal) ?? 0;
}
