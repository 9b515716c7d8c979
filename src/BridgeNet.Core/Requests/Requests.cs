namespace BridgeNet.Requests;

/// <summary>What a user asks of a new network; text is kept as typed, so that all problems can be reported at once.</summary>
/// <param name="Name">Its name.</param>
internal sealed record NetworkRequest(string Name)
{
    /// <summary><c>bridge</c> is the one driver.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>CIDRs, at most one of each address family; for a family without one it is taken from the pools.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Addresses of the bridge, each in one of the subnets; the first address of a subnet without one.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Where automatic addresses come from, each a part of one of the subnets: a CIDR or FIRST-LAST.</summary>
    public IReadOnlyList<string> IPRanges { get; init; } = [];

    /// <summary>Addresses that other devices hold, by name.</summary>
    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();

    /// <summary>The length of an automatic IPv4 subnet, 8 to 30; null for the pool's.</summary>
    public int? PrefixLength { get; init; }

    /// <summary>Whether containers get IPv4 addresses.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether containers get IPv6 addresses; an IPv6 subnet says so too.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Whether nothing leaves the network and nothing comes in.</summary>
    public bool Internal { get; init; }

    /// <summary>Docker's flag for swarm; kept and shown.</summary>
    public bool Attachable { get; init; }

    /// <summary>Only keep the configuration, for others to be made from.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>The network whose configuration is taken; null for none.</summary>
    public string? ConfigFrom { get; init; }

    /// <summary>Driver options by Docker's keys.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>What is to change of a network; null leaves it.</summary>
/// <param name="Network">Name or id.</param>
internal sealed record NetworkSettings(string Network)
{
    /// <summary>Labels to add or change.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys of labels to take away.</summary>
    public IReadOnlyList<string> RemoveLabels { get; init; } = [];

    /// <summary>Whether nothing leaves the network and nothing comes in.</summary>
    public bool? Internal { get; init; }

    /// <summary>Driver options by Docker's keys; those that are fixed at creation are refused.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a user asks of a new endpoint.</summary>
/// <param name="Network">Name or id of the network.</param>
internal sealed record EndpointRequest(string Network)
{
    /// <summary>A given IPv4 address; null takes the next free one.</summary>
    public string? IPAddress { get; init; }

    /// <summary>A given IPv6 address; null takes the next free one.</summary>
    public string? IPv6Address { get; init; }

    /// <summary>
    /// Whether the addresses are those of an endpoint that was there before: a subnet that was chosen automatically gives them once more,
    /// and they are reserved no more than they were.
    /// </summary>
    public bool RestoresEndpoint { get; init; }

    /// <summary>Addresses of 169.254.0.0/16 or fe80::/10 to have besides.</summary>
    public IReadOnlyList<string> LinkLocalAddresses { get; init; } = [];

    /// <summary>A given Ethernet address; null takes Docker's.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Other names of the container on the network.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Of a container's endpoints the one with the highest has the default route.</summary>
    public int GatewayPriority { get; init; }

    /// <summary>Never give it the default route.</summary>
    public bool NoDefaultRoute { get; init; }

    /// <summary>The name of the interface inside; null takes the next of <c>eth0</c>, <c>eth1</c>…</summary>
    public string? InterfaceName { get; init; }

    /// <summary>Kernel settings of the interface inside, by key, with <c>IFNAME</c> for its name.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Ports to publish, in the words of <c>docker run -p</c>.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];
}

/// <summary>What a user asks of a new container.</summary>
/// <param name="Name">Its name.</param>
internal sealed record ContainerRequest(string Name)
{
    /// <summary>Its first network; null for loopback only.</summary>
    public EndpointRequest? Network { get; init; }

    /// <summary>What names it has and knows.</summary>
    public NameRequest Names { get; init; } = new();
}

/// <summary>Which namespace is meant: a container by name, a process, or a path.</summary>
internal sealed record ContainerReference
{
    /// <summary>Name or id of a container; or, with one of the others, the name to give it.</summary>
    public string? Name { get; init; }

    /// <summary>A running process; 0 for none.</summary>
    public int ProcessId { get; init; }

    /// <summary>The path of a namespace.</summary>
    public string? NetNSPath { get; init; }
}
