using System.Net;
using System.Net.Sockets;
using BridgeNet.Netlink;

namespace BridgeNet.Model;

/// <summary>A network: what <c>docker network inspect</c> shows of it, as typed values.</summary>
internal sealed record NetworkRow
{
    /// <summary>The name, unique on the host.</summary>
    public required string Name { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The first 12 digits of <see cref="Id"/>, as tables show it.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Always <c>local</c>: one host.</summary>
    public string Scope { get; init; } = "local";

    /// <summary><c>bridge</c>, <c>host</c> or <c>null</c>.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>Whether containers get IPv4 addresses.</summary>
    public bool EnableIPv4 { get; init; } = true;

    /// <summary>Whether containers get IPv6 addresses.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Subnets, gateways and ranges.</summary>
    public IpamRow IPAM { get; init; } = new();

    /// <summary>Whether the network has no way out of the host.</summary>
    public bool Internal { get; init; }

    /// <summary>Docker's flag for swarm; kept for scripts that read it.</summary>
    public bool Attachable { get; init; }

    /// <summary>Docker's flag for swarm; always false.</summary>
    public bool Ingress { get; init; }

    /// <summary>The name of the network whose configuration was taken; empty when none.</summary>
    public string ConfigFrom { get; init; } = "";

    /// <summary>Whether this is only a configuration for others.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>Driver options by Docker's keys (moby: drivers/bridge/labels.go, netlabel/labels.go).</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The user's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The endpoints on it.</summary>
    public IReadOnlyList<EndpointRow> Containers { get; init; } = [];

    /// <summary>The kernel's name of the bridge: <c>br-</c> and 12 digits of the id unless given; null for networks without one.</summary>
    public string? BridgeName { get; init; }

    /// <summary>The Ethernet address of the bridge; null for networks without one.</summary>
    public MacAddress? BridgeMacAddress { get; init; }

    /// <summary>What has to be given back to a bridge that was there before; null when it was made for this network.</summary>
    public AdoptedBridge? Adopted { get; init; }

    /// <summary>The MTU of bridge and endpoints, in bytes; 0 for networks without a bridge.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether containers of the network reach each other (Docker: icc).</summary>
    public bool InterContainer => NetworkOptions.Flag(Options, NetworkOptions.EnableIcc, otherwise: true);

    /// <summary>Whether its containers may send as themselves only.</summary>
    public bool AntiSpoof => NetworkOptions.Flag(Options, NetworkOptions.AntiSpoof, otherwise: false);

    /// <summary>Whether outgoing packets get an address of the host.</summary>
    public bool Masquerade => NetworkOptions.Flag(Options, NetworkOptions.EnableMasquerade, otherwise: true);

    /// <summary>How IPv4 is joined to the world outside.</summary>
    public GatewayMode GatewayMode => NetworkOptions.Mode(Options, AddressFamily.InterNetwork);

    /// <summary>How IPv6 is joined to the world outside.</summary>
    public GatewayMode IPv6GatewayMode => NetworkOptions.Mode(Options, AddressFamily.InterNetworkV6);

    /// <summary>The name, so that a network in a string reads as one.</summary>
    public override string ToString() => Name;

    /// <summary>Whether it is one that is always there.</summary>
    internal bool IsPredefined => Name is "bridge" or "host" or "none";

    /// <summary>Whether it has a label, given as <c>key</c> or <c>key=value</c>.</summary>
    internal bool HasLabel(string label) =>
        label.Split('=', 2) is [var key, var value] ? Labels.TryGetValue(key, out string? has) && has == value : Labels.ContainsKey(label);

    /// <summary>The config of an address family; null when the network has none of it.</summary>
    internal SubnetRow? Config(AddressFamily family) =>
        IPAM.Config.FirstOrDefault(config => config.Subnet.BaseAddress.AddressFamily == family);

    /// <summary>The gateway mode of an address family.</summary>
    internal GatewayMode Mode(AddressFamily family) => NetworkOptions.Mode(Options, family);
}

/// <summary>What a network changed of an adopted bridge, and restores when it is removed.</summary>
/// <param name="Group">The interface group that it had.</param>
/// <param name="Added">The addresses that it did not have.</param>
/// <param name="WasDown">Whether it was down; rows of earlier versions do not say.</param>
/// <param name="RoutedLoopback">Whether it routed 127.0.0.0/8 (<c>route_localnet</c>).</param>
/// <param name="Mtu">The MTU that it had before it was given another; 0 when it was not.</param>
/// <param name="Boot">The kernel's id of the boot in which it was taken; after another one, whatever bridge has its name is taken for it.</param>
internal sealed record AdoptedBridge(
    uint Group,
    IReadOnlyList<IPAddress> Added,
    bool WasDown = false,
    bool RoutedLoopback = false,
    int Mtu = 0,
    string? Boot = null
);
