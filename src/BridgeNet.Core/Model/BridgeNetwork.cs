using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>
/// A network as users see it: the data that <c>docker network inspect</c> shows, with addresses and subnets as text. Immutable;
/// Get-BridgeNetwork returns the current values.
/// </summary>
/// <remarks>
/// ConvertTo-Json reads the properties of this class and cuts at a depth of two, so no property here is nested. The cmdlets add the nested
/// objects, <c>IPAM</c> and <c>Containers</c>, to each object: <see cref="GetIpam"/> and <see cref="GetContainers"/>.
/// </remarks>
public sealed class BridgeNetwork : IEquatable<BridgeNetwork>, IComparable<BridgeNetwork>, IComparable
{
    private readonly BridgeEndpoint[] _containers;
    private readonly Ipam _ipam;

    internal BridgeNetwork(NetworkRow row)
    {
        SubnetRow? ipv4 = row.Config(AddressFamily.InterNetwork),
            ipv6 = row.Config(AddressFamily.InterNetworkV6),
            first = ipv4 ?? ipv6;
        _containers = [.. row.Containers.Select(static endpoint => new BridgeEndpoint(endpoint)).Order()];
        Name = row.Name;
        Id = row.Id;
        Created = row.Created.LocalDateTime;
        Scope = row.Scope;
        Driver = row.Driver;
        EnableIPv4 = row.EnableIPv4;
        EnableIPv6 = row.EnableIPv6;
        _ipam = new Ipam(row.IPAM);
        Internal = row.Internal;
        Attachable = row.Attachable;
        Ingress = row.Ingress;
        ConfigFrom = row.ConfigFrom;
        ConfigOnly = row.ConfigOnly;
        Options = new TextMap(row.Options);
        Labels = new TextMap(row.Labels);
        Subnet = first?.Subnet.ToString();
        Gateway = first?.Gateway?.ToString();
        IPRange = first?.IPRange?.ToString();
        IPv6Subnet = ipv6?.Subnet.ToString();
        IPv6Gateway = ipv6?.Gateway?.ToString();
        IPv6IPRange = ipv6?.IPRange?.ToString();
        AuxAddress = new TextMap(
            row.IPAM.Config.SelectMany(static config => config.AuxiliaryAddresses)
                .Select(static aux => KeyValuePair.Create(aux.Key, $"{aux.Value}"))
        );
        UsedAddresses = first?.UsedAddresses ?? 0;
        FreeAddresses = IpamConfig.Saturate(first?.FreeAddresses ?? 0);
        BridgeName = row.BridgeName;
        Parent = row.Options.GetValueOrDefault(NetworkOptions.Parent);
        BridgeMacAddress = row.BridgeMacAddress?.ToString();
        Mtu = row.Mtu;
        InterContainer = row.InterContainer;
        AntiSpoof = row.AntiSpoof;
        HostAccess = row.HostAccess;
        Masquerade = row.Masquerade;
        GatewayMode = row.GatewayMode.ToString();
        IPv6GatewayMode = row.IPv6GatewayMode.ToString();
    }

    /// <summary>The name, unique on the host regardless of letter case.</summary>
    public string Name { get; }

    /// <summary>64 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The first 12 digits of <see cref="Id"/>, as tables show it.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was created, in local time.</summary>
    public DateTime Created { get; }

    /// <summary>Always <c>local</c>: one host.</summary>
    public string Scope { get; }

    /// <summary><c>bridge</c>, <c>host</c> or <c>null</c>.</summary>
    public string Driver { get; }

    /// <summary>Whether containers get IPv4 addresses.</summary>
    public bool EnableIPv4 { get; }

    /// <summary>Whether containers get IPv6 addresses.</summary>
    public bool EnableIPv6 { get; }

    /// <summary>The address driver, and the subnets.</summary>
    public TextMap IPAM => new([KeyValuePair.Create("Driver", _ipam.Driver), KeyValuePair.Create("Config", $"{_ipam}")]);

    /// <summary>
    /// Whether the network is internal: its containers cannot reach anything outside of it, and cannot be reached from there.
    /// </summary>
    public bool Internal { get; }

    /// <summary>A swarm flag of Docker; stored and shown, without effect.</summary>
    public bool Attachable { get; }

    /// <summary>A swarm flag of Docker; always false.</summary>
    public bool Ingress { get; }

    /// <summary>The name of the network that provides its configuration; empty without one.</summary>
    public string ConfigFrom { get; }

    /// <summary>Whether it is only a configuration for other networks.</summary>
    public bool ConfigOnly { get; }

    /// <summary>The addresses of its containers, by name.</summary>
    public TextMap Containers =>
        new(_containers.Select(static endpoint => KeyValuePair.Create(endpoint.ContainerName, endpoint.Addresses)));

    /// <summary>Driver options by Docker's keys (moby: drivers/bridge/labels.go, netlabel/labels.go).</summary>
    public TextMap Options { get; }

    /// <summary>The user's labels.</summary>
    public TextMap Labels { get; }

    /// <summary>The IPv4 subnet, or the IPv6 subnet if there is no IPv4; null without either.</summary>
    public string? Subnet { get; }

    /// <summary>The gateway of <see cref="Subnet"/>; null without one.</summary>
    public string? Gateway { get; }

    /// <summary>The part of <see cref="Subnet"/> for automatic addresses; null for all of it.</summary>
    public string? IPRange { get; }

    /// <summary>The IPv6 subnet; null without one.</summary>
    public string? IPv6Subnet { get; }

    /// <summary>The IPv6 gateway; null without one.</summary>
    public string? IPv6Gateway { get; }

    /// <summary>The part of <see cref="IPv6Subnet"/> for automatic addresses; null for all of it.</summary>
    public string? IPv6IPRange { get; }

    /// <summary>Addresses of other devices, by name.</summary>
    public TextMap AuxAddress { get; }

    /// <summary>The number of used addresses of <see cref="Subnet"/>.</summary>
    public int UsedAddresses { get; }

    /// <summary>
    /// The number of addresses of <see cref="Subnet"/> that can still be assigned automatically; see <see
    /// cref="IpamConfig.FreeAddresses"/>.
    /// </summary>
    public ulong FreeAddresses { get; }

    /// <summary>
    /// The interface name of the bridge: <c>br-</c> and 12 digits of the id, or the requested name; null for networks without a bridge.
    /// </summary>
    public string? BridgeName { get; }

    /// <summary>The interface of the host that the network is on (Docker's option <c>parent</c>); null for networks without one.</summary>
    public string? Parent { get; }

    /// <summary>The MAC address of the bridge, or of the interface by which the host has access; null for networks without one.</summary>
    public string? BridgeMacAddress { get; }

    /// <summary>The MTU of bridge and endpoints, in bytes; 0 for networks without a bridge.</summary>
    public int Mtu { get; }

    /// <summary>Whether containers of the network can reach each other (Docker: icc).</summary>
    public bool InterContainer { get; }

    /// <summary>
    /// Whether its containers may send only as themselves: from their own MAC and IP addresses, and with ARP or neighbour discovery claims
    /// only for these.
    /// </summary>
    public bool AntiSpoof { get; }

    /// <summary>Whether the host has an interface of its own beside those of the containers (macvlan and ipvlan).</summary>
    public bool HostAccess { get; }

    /// <summary>Whether the source address of outgoing packets is translated to an address of the host.</summary>
    public bool Masquerade { get; }

    /// <summary>How IPv4 is connected to the outside: a name of <see cref="Model.GatewayMode"/>.</summary>
    public string GatewayMode { get; }

    /// <summary>How IPv6 is connected to the outside: a name of <see cref="Model.GatewayMode"/>.</summary>
    public string IPv6GatewayMode { get; }

    /// <summary>Whether one of the network's subnets contains an address.</summary>
    /// <param name="address">An IPv4 or IPv6 address as text.</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public bool Contains(string address) => _ipam.Config.Any(config => config.Contains(address));

    /// <summary>Subnets, gateways and ranges, with Docker's nesting.</summary>
    public Ipam GetIpam() => _ipam;

    /// <summary>Its endpoints, sorted by address.</summary>
    public ObjectList<BridgeEndpoint> GetContainers() => new(_containers);

    /// <summary>The name, for use in a string.</summary>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public bool Equals(BridgeNetwork? other) => other is not null && other.Id == Id;

    /// <summary>
    /// Whether the value is the same network, or its name: PowerShell's <c>-eq</c> and <c>-contains</c> compare with either.
    /// </summary>
    public override bool Equals(object? obj) => obj is string name ? name == Name : Equals(obj as BridgeNetwork);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>Sorts by name in natural order.</summary>
    public int CompareTo(BridgeNetwork? other) =>
        other is null ? 1
        : NaturalOrder.Compare(Name, other.Name) is var order && order != 0 ? order
        : string.CompareOrdinal(Id, other.Id);

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj is BridgeNetwork or null ? CompareTo(obj as BridgeNetwork) : NaturalOrder.Compare(Name, $"{obj}");
}
