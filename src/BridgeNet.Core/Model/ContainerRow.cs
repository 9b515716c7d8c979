namespace BridgeNet.Model;

/// <summary>The origin of a container's namespace.</summary>
internal enum ContainerKind
{
    /// <summary>Created by this module, and kept by a bind mount at <see cref="ContainerRow.NetNSPath"/>.</summary>
    Owned,

    /// <summary>The namespace of a running process of another program.</summary>
    Process,

    /// <summary>A namespace that another program keeps at a path.</summary>
    Path,

    /// <summary>The namespace of the host itself (<c>-Network host</c>).</summary>
    Host,
}

/// <summary>A container: a network namespace with a name.</summary>
internal sealed record ContainerRow
{
    /// <summary>The name, unique on the host.</summary>
    public required string Name { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The first 12 digits of <see cref="Id"/>.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary><c>running</c> while its namespace exists, otherwise <c>dead</c>.</summary>
    public string Status { get; init; } = "running";

    /// <summary>The origin of its namespace.</summary>
    public ContainerKind Kind { get; init; }

    /// <summary>The path of its namespace: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
    public required string NetNSPath { get; init; }

    /// <summary>The id of the process that its namespace belongs to; 0 without one.</summary>
    public int ProcessId { get; init; }

    /// <summary>
    /// The identity of the namespace, recorded when it was created or first connected; null in a state of a version before 0.2.
    /// </summary>
    public NamespaceIdentity? NetNS { get; init; }

    /// <summary>The inode number of the namespace, a hint that is cheap to compare; 0 if unknown.</summary>
    public ulong NetNSInode { get; init; }

    /// <summary>The start time of the process, in clock ticks since boot; 0 without a process.</summary>
    public ulong ProcessStart { get; init; }

    /// <summary>The host name for programs inside; null for the machine's.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain of the host name; null for none.</summary>
    public string? DomainName { get; init; }

    /// <summary>Additional hosts as <c>NAME:ADDRESS</c>.</summary>
    public IReadOnlyList<string> AddHost { get; init; } = [];

    /// <summary>Name servers that replace the host's.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Search domains that replace the host's.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Resolver options that replace the host's.</summary>
    public IReadOnlyList<string> DnsOption { get; init; } = [];

    /// <summary>Its endpoints, in the order of their interfaces.</summary>
    public IReadOnlyList<EndpointRow> Endpoints { get; init; } = [];

    /// <summary>The published ports of its endpoints.</summary>
    public IReadOnlyList<PortRow> Ports => [.. Endpoints.SelectMany(endpoint => endpoint.Ports)];

    /// <summary>The name, for use in a string.</summary>
    public override string ToString() => Name;
}
