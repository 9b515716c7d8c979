using System.Collections;
using System.Globalization;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Makes a network, as <c>docker network create</c> does.</summary>
/// <remarks>
/// Its bridge, addresses, rules and isolation are there when it returns. Without -Subnet, one is chosen that is clear of every network, route
/// and address of the host. Containers of different networks do not reach each other.
/// </remarks>
/// <example><code>New-BridgeNetwork web</code>Makes a network with a subnet and a gateway from the pools.</example>
/// <example><code>New-BridgeNetwork db -Subnet 173.20.0.0/16 -Gateway 173.20.0.1 -Label @{ team = 'data' }</code>
/// Makes one with the given ones, and a label.</example>
/// <example><code>New-BridgeNetwork lab -IPv6 -Subnet 10.20.0.0/16, 2001:db8:20::/64 -IPRange 10.20.5.0/24</code>
/// Makes one of both address families, whose automatic IPv4 addresses come from a part of the subnet.</example>
/// <example><code>New-BridgeNetwork tenants -AntiSpoof</code>Makes one on which no container can pass for another.</example>
/// <example><code>New-BridgeNetwork vault -Internal -NoInterContainer</code>Makes one whose containers reach nobody but the host.</example>
/// <example><code>New-BridgeNetwork web -WhatIf</code>Shows the steps as ip and iptables commands, and does none of them.</example>
[Cmdlet(VerbsCommon.New, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class NewBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>The name: letters, digits, '_', '.', '-'. Of the rows of a table all columns count that are parameters, as of a network that was there before.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public PSObject[] Name { get; set; } = [];

    /// <summary>The subnet in CIDR form, or two, one of each address family; for a family without one it is taken from the pools.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] Subnet { get; set; } = [];

    /// <summary>The address of the bridge, one for each subnet; the first of the subnet if not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] Gateway { get; set; } = [];

    /// <summary>Where automatic addresses come from, one for each subnet: a CIDR, or FIRST-LAST. Given addresses may lie outside of it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] IPRange { get; set; } = [];

    /// <summary>Addresses that other devices hold and that are never given out, as @{ name = 'address' }.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextTable]
    public Hashtable? AuxAddress { get; set; }

    /// <summary>The length of an automatic IPv4 subnet, from 8 to 30.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? PrefixLength { get; set; }

    /// <summary>Give containers IPv6 addresses; without an IPv6 subnet a /64 of the host's unique local range is taken.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("EnableIPv6")]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter IPv6 { get; set; }

    /// <summary>Give containers no IPv4 addresses; needs -IPv6.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoIPv4 { get; set; }

    /// <summary>Let nothing leave the network and nothing come in.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter Internal { get; set; }

    /// <summary>The MTU in bytes, from 68 to 65535; that of the device with the default route if not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? Mtu { get; set; }

    /// <summary>The kernel's name of the bridge, up to 15 letters; a bridge that is there already is used, and stays when the network goes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? BridgeName { get; set; }

    /// <summary>Let outgoing packets keep the addresses of containers.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoMasquerade { get; set; }

    /// <summary>Keep containers of the network from each other.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("NoIcc")]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoInterContainer { get; set; }

    /// <summary>Let containers send as themselves only: with their own Ethernet and IP addresses, and claims (ARP, neighbour discovery) of these alone. Not for containers that route or share an address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter AntiSpoof { get; set; }

    /// <summary>How IPv4 is joined to the world outside: Nat (the default), NatUnprotected, Routed, or, for internal networks, Isolated.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? GatewayMode { get; set; }

    /// <summary>How IPv6 is joined to the world outside.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(GatewayMode))]
    public GatewayMode? IPv6GatewayMode { get; set; }

    /// <summary>The host's address that outgoing packets get, one for each address family; that of the interface they leave by if not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextList]
    public string[] SnatAddress { get; set; } = [];

    /// <summary>Docker's flag for swarm; kept and shown.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter Attachable { get; set; }

    /// <summary>Only keep the configuration, for networks that are made with -ConfigFrom.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter ConfigOnly { get; set; }

    /// <summary>The configuration network to take everything from.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    public PSObject? ConfigFrom { get; set; }

    /// <summary>The driver; bridge is the one there is.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DriverCompleter))]
    public string Driver { get; set; } = "bridge";

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
                // As Get-BridgeNetwork gives it, with its counts.
                if (Confirmed(request.Name, "New-BridgeNetwork", () => Engine.DescribeCreateNetwork(request, Context)))
                    WriteObject(Engine.FindNetwork(Engine.CreateNetwork(request, Context).Id).ToObject());
            }
        );

    private NetworkRequest RequestFor(GivenObject given)
    {
        Lookup.RefuseOther(given, Noun.Network);
        RefuseArgument(given, nameof(Name));
        // Of a network that was there before, its options say what was asked for; other properties of it what came of them.
        bool earlier = given.Noun == Noun.Network;
        T? Wanted<T>(string parameter, T? value) => earlier && !IsTyped(parameter) ? default : value;
        string? source = Source();
        bool configured = source is not null && earlier;
        string name = given.Text;
        return new(name)
        {
            Driver = earlier && ConfigOnly && !IsTyped(nameof(Driver)) ? "bridge" : Given(Driver) ?? "bridge",
            Subnets = configured ? [] : WithIPv6(Subnet, nameof(Subnet), given["IPv6Subnet"]),
            Gateways = configured ? [] : WithIPv6(Gateway, nameof(Gateway), given["IPv6Gateway"]),
            IPRanges = configured ? [] : WithIPv6(IPRange, nameof(IPRange), given["IPv6IPRange"]),
            AuxAddresses = configured ? new Dictionary<string, string>() : AuxAddress.ToDictionary(),
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
                .With(NetworkOptions.EnableMasquerade, NoMasquerade ? "false" : null, "-NoMasquerade", name)
                .With(NetworkOptions.EnableIcc, NoInterContainer ? "false" : null, "-NoInterContainer", name)
                .With(NetworkOptions.AntiSpoof, AntiSpoof ? "true" : null, "-AntiSpoof", name)
                .WithModes(Wanted(nameof(GatewayMode), GatewayMode), Wanted(nameof(IPv6GatewayMode), IPv6GatewayMode), name)
                .WithSnat(Given(SnatAddress), name)
                .Checked(),
        };
    }

    private string? Source() =>
        ConfigFrom is null ? null
        : GivenObject.Read(ConfigFrom) is { Noun: Noun.Text } typed ? Given(typed.Text)
        : Lookup.Network(GivenObject.Read(ConfigFrom)).Name;

    // Networks have a property for each family, of which the first may be IPv6 too.
    private string[] WithIPv6(string[] values, string parameter, string? ipv6) =>
        IsTyped(parameter) ? Given(values) : [.. Given([.. values ?? [], ipv6]).Distinct()];
}
