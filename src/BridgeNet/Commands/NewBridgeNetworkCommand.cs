using System.Collections;
using System.Globalization;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;

namespace BridgeNet.Commands;

/// <summary>Creates a network, as <c>docker network create</c> does.</summary>
/// <remarks>
/// Bridge, addresses, rules and isolation are complete when the command returns. Without -Subnet, the subnet is one that overlaps with no
/// network, route
/// or address of the host. Containers of different networks do not reach each other.
/// </remarks>
/// <example><code>New-BridgeNetwork web</code>Creates a network with a subnet and a gateway from the pools.</example>
/// <example><code>New-BridgeNetwork db -Subnet 173.20.0.0/16 -Gateway 173.20.0.1 -Label @{ team = 'data' }</code>
/// Creates a network with this subnet, gateway and label.</example>
/// <example><code>New-BridgeNetwork lab -IPv6 -Subnet 10.20.0.0/16, 2001:db8:20::/64 -IPRange 10.20.5.0/24</code>
/// Creates a network of both address families; automatic IPv4 addresses come from a part of the subnet.</example>
/// <example><code>New-BridgeNetwork tenants -AntiSpoof</code>Creates a network on which no container can use another container's
/// addresses.</example>
/// <example><code>New-BridgeNetwork vault -Internal -NoInterContainer</code>Creates a network of containers that reach only the
/// host.</example>
/// <example><code>New-BridgeNetwork lan -Driver macvlan -Parent eth0 -Subnet 192.168.1.0/24 -Gateway 192.168.1.1 -IPRange 192.168.1.192/27 -HostAccess</code>
/// Puts containers on the network of eth0, and lets the host reach them. Addresses come from a range that the DHCP server there leaves out;
/// this module asks no DHCP server.</example>
/// <example><code>New-BridgeNetwork web -WhatIf</code>Shows the steps as ip and iptables commands, without running them.</example>
[Cmdlet(VerbsCommon.New, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class NewBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>
    /// The name: letters, digits, '_', '.', '-'. For rows of a table and for network objects, all properties that are parameters are used.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject[] Name { get; set; } = [];

    /// <summary>
    /// The subnet in CIDR form, or one subnet for each address family; a family without a subnet gets one from the pools.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] Subnet { get; set; } = [];

    /// <summary>The address of the bridge, one for each subnet; by default the first address of the subnet.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] Gateway { get; set; } = [];

    /// <summary>
    /// The range for automatic addresses, one for each subnet: a CIDR, or FIRST-LAST. Static addresses may be outside the range.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] IPRange { get; set; } = [];

    /// <summary>Addresses of other devices, which no container gets, as @{ name = 'address' }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTable]
    public Hashtable? AuxAddress { get; set; }

    /// <summary>The prefix length of an automatic IPv4 subnet, from 8 to 30.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? PrefixLength { get; set; }

    /// <summary>Give containers IPv6 addresses; without an IPv6 subnet the network gets a /64 of the host's unique local range.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("EnableIPv6")]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter IPv6 { get; set; }

    /// <summary>Give containers no IPv4 addresses; requires -IPv6.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoIPv4 { get; set; }

    /// <summary>Block all traffic between the network and the outside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter Internal { get; set; }

    /// <summary>The MTU in bytes, from 68 to 65535; by default that of the device with the default route.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? Mtu { get; set; }

    /// <summary>
    /// The name of the bridge device, up to 15 letters; an existing bridge is adopted, and stays when the network is removed.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? BridgeName { get; set; }

    /// <summary>Do not masquerade: outgoing packets keep the addresses of containers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoMasquerade { get; set; }

    /// <summary>Block traffic between containers of the network.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("NoIcc")]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoInterContainer { get; set; }

    /// <summary>
    /// Let containers send only with their own MAC and IP addresses, and claim only these by ARP and neighbour discovery. Not for
    /// containers that route or share an address.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter AntiSpoof { get; set; }

    /// <summary>
    /// For macvlan and ipvlan: gives the host an interface of its own on the network, with an address, so that it and the containers reach
    /// each other. The address is the last free one of the range, or the auxiliary address HostAccessIPv4 or HostAccessIPv6.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter HostAccess { get; set; }

    /// <summary>
    /// How IPv4 is connected to the outside: Nat (the default), NatUnprotected, Routed, or, for internal networks, Isolated.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? GatewayMode { get; set; }

    /// <summary>How IPv6 is connected to the outside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? IPv6GatewayMode { get; set; }

    /// <summary>
    /// The host address that outgoing packets get, one for each address family; by default that of the outgoing interface.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] SnatAddress { get; set; } = [];

    /// <summary>Docker's flag for swarm; stored and shown, without effect.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter Attachable { get; set; }

    /// <summary>Only store the configuration, for networks created with -ConfigFrom.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter ConfigOnly { get; set; }

    /// <summary>The configuration network to use.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    public PSObject? ConfigFrom { get; set; }

    /// <summary>
    /// The driver: bridge, a network of this host alone; macvlan or ipvlan, the network of one of its interfaces.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DriverCompleter))]
    public string Driver { get; set; } = "bridge";

    /// <summary>
    /// For macvlan and ipvlan: the interface of the host whose network it is. eth0.50 is created as VLAN 50 of eth0 if it does not exist, and
    /// removed with the last network on it. Without a parent, an internal network has a link of its own.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ParentCompleter))]
    public string? Parent { get; set; }

    /// <summary>
    /// For macvlan: how containers of one parent reach each other. bridge: directly; vepa: through the switch; private: not at all;
    /// passthru: there is only one.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(MacvlanModeCompleter))]
    public string? MacvlanMode { get; set; }

    /// <summary>
    /// For ipvlan: how containers find what is outside. l2: as neighbours on the parent's network; l3 and l3s: by routes to this host. All
    /// ipvlan networks on a parent have the same.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IpvlanModeCompleter))]
    public string? IpvlanMode { get; set; }

    /// <summary>
    /// For ipvlan: how containers of one parent reach each other. bridge: directly; vepa: through the switch; private: not at all.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(IpvlanFlagCompleter))]
    public string? IpvlanFlag { get; set; }

    /// <summary>Driver options by Docker's keys, as @{ 'com.docker.network.bridge.enable_icc' = 'false' } or 'key=value'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Options")]
    [TextTable]
    [ArgumentCompleter(typeof(OptionKeyCompleter))]
    public Hashtable? Option { get; set; }

    /// <summary>Labels, as @{ key = 'value' } or 'key=value'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Labels")]
    [TextTable]
    public Hashtable? Label { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Name,
            given =>
            {
                NetworkRequest request = RequestFor(given);
                // The same object as from Get-BridgeNetwork, with its counts.
                if (Confirmed(request.Name, "New-BridgeNetwork", () => Engine.DescribeCreateNetwork(request, Context)))
                    WriteObject(Engine.FindNetwork(Engine.CreateNetwork(request, Context).Id).ToObject());
            }
        );

    private NetworkRequest RequestFor(GivenObject given)
    {
        Lookup.RefuseOther(given, Noun.Network);
        RefuseArgument(given, nameof(Name));
        // The options of a network object are the original request; its other properties are the result.
        bool earlier = given.Noun == Noun.Network;
        T? Wanted<T>(string parameter, T? value) => earlier && !IsTyped(parameter) ? default : value;
        string? source = Source();
        bool configured = source is not null && earlier;
        string name = given.Text;
        return new(name)
        {
            Driver = earlier && ConfigOnly && !IsTyped(nameof(Driver)) ? "bridge" : NullIfEmpty(Driver) ?? "bridge",
            Subnets = configured ? [] : WithIPv6(Subnet, nameof(Subnet), given["IPv6Subnet"]),
            Gateways = configured ? [] : WithIPv6(Gateway, nameof(Gateway), given["IPv6Gateway"]),
            IPRanges = configured ? [] : WithIPv6(IPRange, nameof(IPRange), given["IPv6IPRange"]),
            AuxAddresses = configured ? [] : AuxAddress.ToDictionary(),
            PrefixLength = PrefixLength,
            EnableIPv4 = !NoIPv4 && !(earlier && given["EnableIPv4"] == bool.FalseString),
            EnableIPv6 = IPv6,
            Internal = Internal,
            Attachable = Attachable,
            ConfigOnly = ConfigOnly,
            ConfigFrom = source,
            Labels = Label.ToDictionary(),
            Options = new DriverOptions(configured && !IsTyped(nameof(Option)) ? null : Option)
                .With(NetworkOptions.Mtu, Wanted(nameof(Mtu), Mtu)?.ToString(CultureInfo.InvariantCulture), "-Mtu", name)
                .With(NetworkOptions.BridgeName, Wanted(nameof(BridgeName), BridgeName), "-BridgeName", name)
                .With(NetworkOptions.Parent, Wanted(nameof(Parent), Parent), "-Parent", name)
                .With(NetworkOptions.MacvlanMode, Wanted(nameof(MacvlanMode), MacvlanMode)?.ToLowerInvariant(), "-MacvlanMode", name)
                .With(NetworkOptions.IpvlanMode, Wanted(nameof(IpvlanMode), IpvlanMode)?.ToLowerInvariant(), "-IpvlanMode", name)
                .With(NetworkOptions.IpvlanFlag, Wanted(nameof(IpvlanFlag), IpvlanFlag)?.ToLowerInvariant(), "-IpvlanFlag", name)
                .With(NetworkOptions.EnableMasquerade, NoMasquerade ? "false" : null, "-NoMasquerade", name)
                .With(NetworkOptions.EnableIcc, NoInterContainer ? "false" : null, "-NoInterContainer", name)
                .With(NetworkOptions.AntiSpoof, AntiSpoof ? "true" : null, "-AntiSpoof", name)
                .With(NetworkOptions.HostAccess, HostAccess ? "true" : null, "-HostAccess", name)
                .WithModes(Wanted(nameof(GatewayMode), GatewayMode), Wanted(nameof(IPv6GatewayMode), IPv6GatewayMode), name)
                .WithSnat(NonEmpty(SnatAddress), name)
                .Checked(),
        };
    }

    private string? Source() =>
        ConfigFrom is null ? null
        : GivenObject.Read(ConfigFrom) is { Noun: Noun.Text } typed ? NullIfEmpty(typed.Text)
        : Lookup.Network(GivenObject.Read(ConfigFrom)).Name;

    // Network objects have a property for each family; the first one may be IPv6 too.
    private string[] WithIPv6(string[] values, string parameter, string? ipv6) =>
        IsTyped(parameter) ? NonEmpty(values) : [.. NonEmpty([.. values ?? [], ipv6]).Distinct()];
}
