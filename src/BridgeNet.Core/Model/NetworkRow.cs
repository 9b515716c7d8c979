using System.Net;
using System.Net.Sockets;
using BridgeNet.Netlink;

namespace BridgeNet.Model;

/// <summary>A network: the data that <c>docker network inspect</c> shows, as typed values.</summary>
internal sealed record NetworkRow
{
    /// <summary>The name, unique on the host.</summary>
    public required string Name { get; init; }

    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The first 12 digits of <see cref="Id"/>, as tables show it.</summary>
    public string ShortId => Id[..12];

    /// <summary>When it was created.</summary>
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

    /// <summary>
    /// Whether the network is internal: its containers cannot reach anything outside of it, and cannot be reached from there.
    /// </summary>
    public bool Internal { get; init; }

    /// <summary>A swarm flag of Docker; stored and shown, without effect.</summary>
    public bool Attachable { get; init; }

    /// <summary>A swarm flag of Docker; always false.</summary>
    public bool Ingress { get; init; }

    /// <summary>The name of the network that provides its configuration; empty without one.</summary>
    public string ConfigFrom { get; init; } = "";

    /// <summary>Whether it is only a configuration for other networks.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>Driver options by Docker's keys (moby: drivers/bridge/labels.go, netlabel/labels.go).</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The user's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its endpoints.</summary>
    public IReadOnlyList<EndpointRow> Containers { get; init; } = [];

    /// <summary>
    /// The interface name of the bridge: <c>br-</c> and 12 digits of the id, or the requested name; null for networks without a bridge.
    /// </summary>
    public string? BridgeName { get; init; }

    /// <summary>The MAC address of the bridge, or of the interface by which the host has access; null for networks without one.</summary>
    public MacAddress? BridgeMacAddress { get; init; }

    /// <summary>What removing the network restores on an adopted bridge; null if the bridge was created for this network.</summary>
    public AdoptedBridge? Adopted { get; init; }

    /// <summary>Whether the parent is a VLAN interface that was created for the network, and is removed with the last one on it.</summary>
    public bool CreatedParent { get; init; }

    /// <summary>The MTU of bridge and endpoints, in bytes; 0 for networks without a bridge.</summary>
    public int Mtu { get; init; }

    /// <summary>Whether containers of the network can reach each other (Docker: icc).</summary>
    public bool InterContainer => NetworkOptions.Flag(Options, NetworkOptions.EnableIcc, otherwise: true);

    /// <summary>Whether its containers may send only from their own addresses (anti-spoofing).</summary>
    public bool AntiSpoof => NetworkOptions.Flag(Options, NetworkOptions.AntiSpoof, otherwise: false);

    /// <summary>Whether the host has an interface of its own beside those of the containers.</summary>
    public bool HostAccess => NetworkOptions.Flag(Options, NetworkOptions.HostAccess, otherwise: false);

    /// <summary>Whether the source address of outgoing packets is translated to an address of the host.</summary>
    public bool Masquerade => NetworkOptions.Flag(Options, NetworkOptions.EnableMasquerade, otherwise: true);

    /// <summary>How IPv4 is connected to the outside.</summary>
    public GatewayMode GatewayMode => NetworkOptions.Mode(Options, AddressFamily.InterNetwork);

    /// <summary>How IPv6 is connected to the outside.</summary>
    public GatewayMode IPv6GatewayMode => NetworkOptions.Mode(Options, AddressFamily.InterNetworkV6);

    /// <summary>The name, for use in a string.</summary>
    public override string ToString() => Name;

    /// <summary>Whether it is a predefined network.</summary>
    internal bool IsPredefined => Name is "bridge" or "host" or "none";

    /// <summary>Whether it has a label, specified as <c>key</c> or <c>key=value</c>.</summary>
    internal bool HasLabel(string label) =>
        label.Split('=', 2) is [var key, var value] ? Labels.TryGetValue(key, out string? has) && has == value : Labels.ContainsKey(label);

    /// <summary>The IPAM configuration for an address family; null without one.</summary>
    internal SubnetRow? Config(AddressFamily family) =>
        IPAM.Config.FirstOrDefault(config => config.Subnet.BaseAddress.AddressFamily == family);

    /// <summary>The gateway mode for an address family.</summary>
    internal GatewayMode Mode(AddressFamily family) => NetworkOptions.Mode(Options, family);
}

/// <summary>What a network changed on an adopted bridge, and restores when it is removed.</summary>
/// <param name="Group">The previous interface group of the bridge.</param>
/// <param name="Added">The addresses that the network added.</param>
/// <param name="WasDown">Whether the bridge was down; rows of earlier versions do not have this value.</param>
/// <param name="RoutedLoopback">Whether the bridge routed 127.0.0.0/8 (<c>route_localnet</c>).</param>
/// <param name="Mtu">The previous MTU in bytes, if the network changed it; otherwise 0.</param>
/// <param name="Boot">The boot id of the adoption. After another boot, any bridge with the name is adopted.</param>
internal sealed record AdoptedBridge(
    uint Group,
    IReadOnlyList<IPAddress> Added,
    bool WasDown = false,
    bool RoutedLoopback = false,
    int Mtu = 0,
    string? Boot = null
);
