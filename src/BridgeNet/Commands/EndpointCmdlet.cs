using System.Collections;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Kernel;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>What cmdlets share that give a container an interface in a network.</summary>
public abstract class EndpointCmdlet : BridgeNetCmdlet
{
    /// <summary>The IPv4 address to have; only where the network's subnet was given. It stays reserved for the container.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IP")]
    public string? IPAddress { get; set; }

    /// <summary>The IPv6 address to have; only where the network's IPv6 subnet was given. It stays reserved for the container.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IP6")]
    public string? IPv6Address { get; set; }

    /// <summary>Addresses of 169.254.0.0/16 or fe80::/10 to have besides.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("LinkLocalAddresses")]
    [TextList]
    public string[] LinkLocalAddress { get; set; } = [];

    /// <summary>The Ethernet address to have, such as 02:42:0a:14:00:05; else Docker's, made of the IPv4 address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? MacAddress { get; set; }

    /// <summary>Other names by which containers of the network know this one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Aliases")]
    [TextList]
    public string[] Alias { get; set; } = [];

    /// <summary>Of a container's networks the one with the highest has its default route, among equals the first by name; 0 if not given, and it may be negative.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int), Empty = 0)]
    public int GatewayPriority { get; set; }

    /// <summary>The default route never goes through this network.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoDefaultRoute { get; set; }

    /// <summary>The name of the interface inside, up to 15 letters; else the next free of eth0, eth1 and so on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? InterfaceName { get; set; }

    /// <summary>Kernel settings of the interface inside, as @{ 'net.ipv4.conf.IFNAME.log_martians' = 1 }, where IFNAME stands for its name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Sysctls")]
    [TextTable]
    public Hashtable? Sysctl { get; set; }

    /// <summary>
    /// Ports to publish on the host, as for docker run -p: 8080:80, 127.0.0.1:8080:80/tcp, 8000-8010:80-90/udp, :80 for a free port of the
    /// host; or published ports.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ports")]
    [PublishList]
    public string[] Publish { get; set; } = [];

    /// <summary>What is asked of an endpoint.</summary>
    /// <param name="network">Name or id of the network.</param>
    /// <param name="given">What the pipeline brought.</param>
    /// <param name="counts">Whether its columns say what is asked for; else only what was typed does.</param>
    private protected EndpointRequest RequestFor(string network, GivenObject given, bool counts)
    {
        T? Wanted<T>(string parameter, T? value) => counts || IsTyped(parameter) ? value : default;
        string? ipv4 = Given(Wanted(nameof(IPAddress), IPAddress)),
            ipv6 = Given(Wanted(nameof(IPv6Address), IPv6Address));
        // The address of a container without IPv4 is an IPv6 one.
        if (ipv4?.Contains(':') == true && ipv6 is null && !IsTyped(nameof(IPAddress)))
            (ipv4, ipv6) = (null, ipv4);
        return new(network)
        {
            IPAddress = ipv4,
            IPv6Address = ipv6,
            // An endpoint that was there before has its addresses again, as they were.
            RestoresEndpoint =
                counts
                && (given.Noun == Noun.Container || given.IdIn("EndpointId") is not null)
                && !IsTyped(nameof(IPAddress))
                && !IsTyped(nameof(IPv6Address))
                && !IsTyped(nameof(MacAddress)),
            LinkLocalAddresses = Given(Wanted(nameof(LinkLocalAddress), LinkLocalAddress)),
            MacAddress = Given(Wanted(nameof(MacAddress), MacAddress)),
            Aliases = List(nameof(Alias), Wanted(nameof(Alias), Alias)),
            GatewayPriority = Wanted(nameof(GatewayPriority), GatewayPriority),
            NoDefaultRoute = Wanted(nameof(NoDefaultRoute), NoDefaultRoute),
            InterfaceName =
                Wanted(nameof(InterfaceName), InterfaceName) is { } name && (name.Length > 0 || IsTyped(nameof(InterfaceName)))
                    ? name
                    : null,
            Sysctls = Wanted(nameof(Sysctl), Sysctl).ToDictionary(),
            Publish = List(nameof(Publish), Wanted(nameof(Publish), Publish)),
        };

        // An empty cell is nothing; an empty text that was typed is refused.
        string[] List(string parameter, string[]? values) => IsTyped(parameter) ? values ?? [] : Given(values);
    }
}
