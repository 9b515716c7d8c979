namespace BridgeNet.Requests;

/// <summary>A request for a new network; text is kept as typed, so that all problems can be reported together.</summary>
/// <param name="Name">Its name.</param>
internal sealed record NetworkRequest(string Name)
{
    /// <summary>The driver; <c>bridge</c> by default.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>CIDRs, at most one for each address family; without one, the subnet is chosen from the pools.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Addresses of the bridge, each in one of the subnets; by default the first address of a subnet.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Ranges for automatic addresses, each a part of one of the subnets: a CIDR or FIRST-LAST.</summary>
    public IReadOnlyList<string> IPRanges { get; init; } = [];

    /// <summary>Addresses of other devices, by name.</summary>
    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>The prefix length of an automatic IPv4 subnet, 8 to 30; null for the pool's.</summary>
    public int? PrefixLength { get; init; }

    /// <summary>Whether containers get IPv4 addresses.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether containers get IPv6 addresses; an IPv6 subnet also enables them.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Whether the network is internal: no packet enters or leaves it.</summary>
    public bool Internal { get; init; }

    /// <summary>A swarm flag of Docker; stored and shown, without effect.</summary>
    public bool Attachable { get; init; }

    /// <summary>Whether to store only a configuration, for other networks.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>The network that provides the configuration; null for none.</summary>
    public string? ConfigFrom { get; init; }

    /// <summary>Driver options by Docker's keys.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>The settings to change on a network; null values stay unchanged.</summary>
/// <param name="Network">Name or id.</param>
internal sealed record NetworkSettings(string Network)
{
    /// <summary>Labels to add or change.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys of labels to remove.</summary>
    public IReadOnlyList<string> RemoveLabels { get; init; } = [];

    /// <summary>Whether the network is internal: no packet enters or leaves it.</summary>
    public bool? Internal { get; init; }

    /// <summary>Driver options by Docker's keys; options that are fixed at creation are refused.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>A request for a new endpoint.</summary>
/// <param name="Network">Name or id of the network.</param>
internal sealed record EndpointRequest(string Network)
{
    /// <summary>The requested IPv4 address; null for the next free one.</summary>
    public string? IPAddress { get; init; }

    /// <summary>The requested IPv6 address; null for the next free one.</summary>
    public string? IPv6Address { get; init; }

    /// <summary>
    /// Whether the addresses are those of a previous endpoint: then an automatic subnet accepts them, too, and they are reserved only if
    /// they were before.
    /// </summary>
    public bool RestoresEndpoint { get; init; }

    /// <summary>Additional addresses from 169.254.0.0/16 or fe80::/10.</summary>
    public IReadOnlyList<string> LinkLocalAddresses { get; init; } = [];

    /// <summary>The requested MAC address; null for Docker's default.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Other names of the container on the network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The priority for the default route: the endpoint of a container with the highest value has it.</summary>
    public int GatewayPriority { get; init; }

    /// <summary>Whether the default route must not use this endpoint.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>The name of the interface inside; null for the next of <c>eth0</c>, <c>eth1</c>…</summary>
    public string? InterfaceName { get; init; }

    /// <summary>Kernel settings of the interface inside, by key, with <c>IFNAME</c> as placeholder for its name.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Ports to publish, in the syntax of <c>docker run -p</c>.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];
}

/// <summary>A request for a new container.</summary>
/// <param name="Name">Its name.</param>
internal sealed record ContainerRequest(string Name)
{
    /// <summary>Its first network; null for loopback only.</summary>
    public EndpointRequest? Network { get; init; }

    /// <summary>Its name settings.</summary>
    public NameRequest Names { get; init; } = new();
}

/// <summary>A reference to a namespace: a container by name, a process, or a path.</summary>
internal sealed record ContainerReference
{
    /// <summary>Name or id of a container; with a process or a path, the name for the new container.</summary>
    public string? Name { get; init; }

    /// <summary>The id of a running process; 0 for none.</summary>
    public int ProcessId { get; init; }

    /// <summary>The path of a namespace.</summary>
    public string? NetNSPath { get; init; }
}
