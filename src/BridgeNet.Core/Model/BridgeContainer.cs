namespace BridgeNet.Model;

/// <summary>
/// A container as users see it: a network namespace with a name. Immutable; Get-BridgeContainer returns the current values.
/// </summary>
public sealed class BridgeContainer : IEquatable<BridgeContainer>, IComparable<BridgeContainer>, IComparable
{
    private readonly BridgeEndpoint[] _endpoints;
    private readonly string[] _addHost,
        _dns,
        _dnsSearch,
        _dnsOption;

    internal BridgeContainer(ContainerRow row)
    {
        _endpoints =
        [
            .. row
                .Endpoints.Select(static endpoint => new BridgeEndpoint(endpoint))
                .OrderBy(static endpoint => endpoint.InterfaceName, NaturalOrder.Comparer),
        ];
        _addHost = [.. row.AddHost];
        _dns = [.. row.Dns];
        _dnsSearch = [.. row.DnsSearch];
        _dnsOption = [.. row.DnsOption];
        Name = row.Name;
        Id = row.Id;
        Created = row.Created.LocalDateTime;
        Status = row.Status;
        Kind = row.Kind.ToString();
        NetNSPath = row.NetNSPath;
        ProcessId = row.ProcessId;
        Hostname = row.Hostname;
        DomainName = row.DomainName;
    }

    /// <summary>The name, unique on the host regardless of letter case.</summary>
    public string Name { get; }

    /// <summary>64 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The first 12 digits of <see cref="Id"/>.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was created, or first connected, in local time.</summary>
    public DateTime Created { get; }

    /// <summary><c>running</c> while its namespace exists, otherwise <c>dead</c>.</summary>
    public string Status { get; }

    /// <summary>The origin of its namespace: <c>Owned</c>, <c>Process</c>, <c>Path</c> or <c>Host</c>.</summary>
    public string Kind { get; }

    /// <summary>The path of its namespace: a bind mount, or <c>/proc/PID/ns/net</c>.</summary>
    public string NetNSPath { get; }

    /// <summary>The id of the process that its namespace belongs to; 0 without one.</summary>
    public int ProcessId { get; }

    /// <summary>The host name for programs inside; null for the machine's.</summary>
    public string? Hostname { get; }

    /// <summary>The domain of the host name; null for none.</summary>
    public string? DomainName { get; }

    /// <summary>Additional hosts as <c>NAME:ADDRESS</c>.</summary>
    public ObjectList<string> AddHost => new(_addHost);

    /// <summary>Name servers that replace the host's.</summary>
    public ObjectList<string> Dns => new(_dns);

    /// <summary>Search domains that replace the host's.</summary>
    public ObjectList<string> DnsSearch => new(_dnsSearch);

    /// <summary>Resolver options that replace the host's.</summary>
    public ObjectList<string> DnsOption => new(_dnsOption);

    /// <summary>The names of its networks, in the order of its interfaces.</summary>
    public ObjectList<string> Networks => new([.. _endpoints.Select(static endpoint => endpoint.NetworkName)]);

    /// <summary>The address of its first interface: IPv4, or IPv6 if it has no IPv4 address; null without any.</summary>
    public string? IPAddress =>
        _endpoints
            .Select(static endpoint => endpoint.IPAddress ?? endpoint.IPv6Address)
            .FirstOrDefault(static address => address is not null);

    /// <summary>Its addresses, by network; PowerShell shows <see cref="GetEndpoints"/> instead, see <see cref="BridgeNetwork"/>.</summary>
    public TextMap Endpoints => new(_endpoints.Select(static endpoint => KeyValuePair.Create(endpoint.NetworkName, endpoint.Addresses)));

    /// <summary>The published ports, as <c>docker ps</c> writes them; PowerShell shows <see cref="GetPorts"/> instead.</summary>
    public ObjectList<string> Ports => new([.. GetPorts().Select(static port => port.ToString())]);

    /// <summary>Its endpoints, in the order of their interfaces.</summary>
    public ObjectList<BridgeEndpoint> GetEndpoints() => new(_endpoints);

    /// <summary>The published ports of its endpoints.</summary>
    public ObjectList<BridgePort> GetPorts() => new([.. _endpoints.SelectMany(static endpoint => endpoint.GetPorts())]);

    /// <summary>The name, for use in a string.</summary>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public bool Equals(BridgeContainer? other) => other is not null && other.Id == Id;

    /// <summary>
    /// Whether the value is the same container, or its name: PowerShell's <c>-eq</c> and <c>-contains</c> compare with either.
    /// </summary>
    public override bool Equals(object? obj) => obj is string name ? name == Name : Equals(obj as BridgeContainer);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>Sorts by name in natural order.</summary>
    public int CompareTo(BridgeContainer? other) =>
        other is null ? 1
        : NaturalOrder.Compare(Name, other.Name) is var order && order != 0 ? order
        : string.CompareOrdinal(Id, other.Id);

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj is BridgeContainer or null ? CompareTo(obj as BridgeContainer) : NaturalOrder.Compare(Name, $"{obj}");
}
