namespace BridgeNet.Model;

/// <summary>Where a container's namespace comes from.</summary>
internal enum ContainerKind
{
    /// <summary>Made by this module, and kept by a bind mount at <see cref="ContainerRow.NetNSPath"/>.</summary>
    Owned,

    /// <summary>The namespace of a running process of another program.</summary>
    Process,

    /// <summary>A namespace that another program keeps at a path.</summary>
    Path,

    /// <summary>The namespace of the host itself (<c>-Network host</c>).</summary>
    Host,
}

/// <summary>A container: the network namespace of it, with a name of its own.</summary>
internal sealed record ContainerRow
{
    /// <summary>The name, unique on the host.</summary>
    public required string Name { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The first 12 digits of <see cref="Id"/>.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary><c>running</c> while its namespace exists, else <c>dead</c>.</summary>
    public string Status { get; init; } = "running";

    /// <summary>Who made its namespace.</summary>
    public ContainerKind Kind { get; init; }

    /// <summary>The path of its namespace: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
    public required string NetNSPath { get; init; }

    /// <summary>The process whose namespace it is; 0 when there is none.</summary>
    public int ProcessId { get; init; }

    /// <summary>Which namespace it is, recorded when it was created or first connected; null in a state of a version before 0.2.</summary>
    public NamespaceIdentity? NetNS { get; init; }

    /// <summary>The inode number of the namespace, a hint that is cheap to compare; 0 when it is not known.</summary>
    public ulong NetNSInode { get; init; }

    /// <summary>When the process began, in clock ticks since boot; 0 without a process.</summary>
    public ulong ProcessStart { get; init; }

    /// <summary>The host name that programs inside see; null for the machine's.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain that the host name is in; null for none.</summary>
    public string? DomainName { get; init; }

    /// <summary>Further hosts as <c>NAME:ADDRESS</c>.</summary>
    public IReadOnlyList<string> AddHost { get; init; } = [];

    /// <summary>Name servers in place of the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Search domains in place of the host's.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Options of the resolver in place of the host's.</summary>
    public IReadOnlyList<string> DnsOption { get; init; } = [];

    /// <summary>Its endpoints, in the order of their interfaces.</summary>
    public IReadOnlyList<EndpointRow> Endpoints { get; init; } = [];

    /// <summary>The published ports of its endpoints.</summary>
    public IReadOnlyList<PortRow> Ports => [.. Endpoints.SelectMany(endpoint => endpoint.Ports)];

    /// <summary>The name, so that a container in a string reads as one.</summary>
    public override string ToString() => Name;
}
