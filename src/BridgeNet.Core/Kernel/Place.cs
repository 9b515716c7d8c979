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

    /// <summary>What <c>ip</c> is called as.</summary>
    public string Ip => Container is null ? "ip" : $"ip -n {Container.NetNSPath}";

    /// <summary>What <c>sysctl</c> is called as.</summary>
    public string Sysctl => Container is null ? "sysctl" : $"ip netns exec {Container.NetNSPath} sysctl";

    // The same namespace, whatever its container is called by then.
    public bool Equals(Place? other) => other is not null && Container?.Id == other.Container?.Id;

    public override int GetHashCode() => Container?.Id.GetHashCode(StringComparison.Ordinal) ?? 0;
}
