using System.Net;
using System.Net.Sockets;

namespace BridgeNet.Model;

/// <summary>A network as users hold it: what <c>docker network inspect</c> shows, addresses and subnets as text. It never changes; Get-BridgeNetwork gives a new one.</summary>
/// <remarks>
/// ConvertTo-Json reads the properties that are here and cuts what lies deeper than two, so none does. What holds objects, <c>IPAM</c> and
/// <c>Containers</c>, the cmdlets add to each object: <see cref="GetIpam"/> and <see cref="GetContainers"/>.
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
        BridgeMacAddress = row.BridgeMacAddress?.ToString();
        Mtu = row.Mtu;
        InterContainer = row.InterContainer;
        AntiSpoof = row.AntiSpoof;
        Masquerade = row.Masquerade;
        GatewayMode = row.GatewayMode.ToString();
        IPv6GatewayMode = row.IPv6GatewayMode.ToString();
    }

    /// <summary>The name, unique on the host, also without regard to case.</summary>
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

    /// <summary>The driver of addresses, and the subnets.</summary>
    public TextMap IPAM => new([KeyValuePair.Create("Driver", _ipam.Driver), KeyValuePair.Create("Config", $"{_ipam}")]);

    /// <summary>Whether the network has no way out of the host.</summary>
    public bool Internal { get; }

    /// <summary>Docker's flag for swarm; kept for scripts that read it.</summary>
    public bool Attachable { get; }

    /// <summary>Docker's flag for swarm; always false.</summary>
    public bool Ingress { get; }

    /// <summary>The name of the network whose configuration was taken; empty when none.</summary>
    public string ConfigFrom { get; }

    /// <summary>Whether this is only a configuration for others.</summary>
    public bool ConfigOnly { get; }

    /// <summary>The addresses of the containers on it, by name.</summary>
    public TextMap Containers =>
        new(_containers.Select(static endpoint => KeyValuePair.Create(endpoint.ContainerName, endpoint.Addresses)));

    /// <summary>Driver options by Docker's keys (moby: drivers/bridge/labels.go, netlabel/labels.go).</summary>
    public TextMap Options { get; }

    /// <summary>The user's labels.</summary>
    public TextMap Labels { get; }

    /// <summary>The IPv4 subnet, or the IPv6 one where there is no IPv4; null without either.</summary>
    public string? Subnet { get; }

    /// <summary>The gateway of <see cref="Subnet"/>; null where there is none.</summary>
    public string? Gateway { get; }

    /// <summary>The part of <see cref="Subnet"/> that automatic addresses come from; null for all of it.</summary>
    public string? IPRange { get; }

    /// <summary>The IPv6 subnet; null without one.</summary>
    public string? IPv6Subnet { get; }

    /// <summary>The IPv6 gateway; null without one.</summary>
    public string? IPv6Gateway { get; }

    /// <summary>The part of <see cref="IPv6Subnet"/> that automatic addresses come from; null for all of it.</summary>
    public string? IPv6IPRange { get; }

    /// <summary>Addresses that other devices hold, by name.</summary>
    public TextMap AuxAddress { get; }

    /// <summary>How many addresses of <see cref="Subnet"/> are held.</summary>
    public int UsedAddresses { get; }

    /// <summary>How many addresses of <see cref="Subnet"/> are left to be given automatically; see <see cref="IpamConfig.FreeAddresses"/>.</summary>
    public ulong FreeAddresses { get; }

    /// <summary>The kernel's name of the bridge: <c>br-</c> and 12 digits of the id unless given; null for networks without one.</summary>
    public string? BridgeName { get; }

    /// <summary>The MAC address of the bridge; null for networks without one.</summary>
    public string? BridgeMacAddress { get; }

    /// <summary>The MTU of bridge and endpoints, in bytes; 0 for networks without a bridge.</summary>
    public int Mtu { get; }

    /// <summary>Whether containers of the network reach each other (Docker: icc).</summary>
    public bool InterContainer { get; }

    /// <summary>Whether its containers may send as themselves only: with their own Ethernet and IP addresses, and claims of these alone.</summary>
    public bool AntiSpoof { get; }

    /// <summary>Whether outgoing packets get an address of the host.</summary>
    public bool Masquerade { get; }

    /// <summary>How IPv4 is connected to the outside, one of the names of <see cref="Model.GatewayMode"/>.</summary>
    public string GatewayMode { get; }

    /// <summary>How IPv6 is connected to the outside, one of the names of <see cref="Model.GatewayMode"/>.</summary>
    public string IPv6GatewayMode { get; }

    /// <summary>Whether an address lies in one of the network's subnets.</summary>
    /// <param name="address">An IPv4 or IPv6 address as text.</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public bool Contains(string address) => _ipam.Config.Any(config => config.Contains(address));

    /// <summary>Subnets, gateways and ranges, as Docker nests them.</summary>
    public Ipam GetIpam() => _ipam;

    /// <summary>The endpoints on it, by address.</summary>
    public ObjectList<BridgeEndpoint> GetContainers() => new(_containers);

    /// <summary>The name, so that a network in a string reads as one.</summary>
    public override string ToString() => Name;

    /// <inheritdoc/>
    public bool Equals(BridgeNetwork? other) => other is not null && other.Id == Id;

    /// <summary>Whether it is the same network, or its name: PowerShell's <c>-eq</c> and <c>-contains</c> ask either.</summary>
    public override bool Equals(object? obj) => obj is string name ? name == Name : Equals(obj as BridgeNetwork);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);

    /// <summary>By name, numbers in it as numbers.</summary>
    public int CompareTo(BridgeNetwork? other) =>
        other is null ? 1
        : NaturalOrder.Compare(Name, other.Name) is var order && order != 0 ? order
        : string.CompareOrdinal(Id, other.Id);

    /// <inheritdoc/>
    public int CompareTo(object? obj) =>
        obj is BridgeNetwork or null ? CompareTo(obj as BridgeNetwork) : NaturalOrder.Compare(Name, $"{obj}");
}
