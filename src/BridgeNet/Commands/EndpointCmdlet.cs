using System.Collections;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Requests;

namespace BridgeNet.Commands;

/// <summary>The parameters of cmdlets that connect a container to a network.</summary>
public abstract class EndpointCmdlet : BridgeNetCmdlet
{
    /// <summary>The static IPv4 address; requires a network with a given subnet. It stays reserved for the container.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IP")]
    public string? IPAddress { get; set; }

    /// <summary>The static IPv6 address; requires a network with a given IPv6 subnet. It stays reserved for the container.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("IP6")]
    public string? IPv6Address { get; set; }

    /// <summary>Additional link-local addresses, of 169.254.0.0/16 or fe80::/10.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("LinkLocalAddresses")]
    [TextList]
    public string[] LinkLocalAddress { get; set; } = [];

    /// <summary>The MAC address, such as 02:42:0a:14:00:05; by default derived from the IPv4 address, as in Docker.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? MacAddress { get; set; }

    /// <summary>Additional names of the container on this network.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Aliases")]
    [TextList]
    public string[] Alias { get; set; } = [];

    /// <summary>
    /// The network with the highest priority gets the container's default route; of equal ones, the first by name. The default is 0;
    /// negative values are allowed.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int), Empty = 0)]
    public int GatewayPriority { get; set; }

    /// <summary>Never use this network for the default route.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(bool), Empty = false)]
    public SwitchParameter NoDefaultRoute { get; set; }

    /// <summary>The name of the interface inside, up to 15 letters; by default the next free one of eth0, eth1 and so on.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? InterfaceName { get; set; }

    /// <summary>
    /// Kernel settings of the interface inside, as @{ 'net.ipv4.conf.IFNAME.log_martians' = 1 }, where IFNAME stands for the name of the
    /// interface.
    /// </summary>
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

    /// <summary>The request for an endpoint.</summary>
    /// <param name="network">Name or id of the network.</param>
    /// <param name="given">The object from the pipeline.</param>
    /// <param name="counts">Whether its properties are part of the request; otherwise only typed parameters are.</param>
    private protected EndpointRequest RequestFor(string network, GivenObject given, bool counts)
    {
        T? Wanted<T>(string parameter, T? value) => counts || IsTyped(parameter) ? value : default;
        string? ipv4 = NullIfEmpty(Wanted(nameof(IPAddress), IPAddress)),
            ipv6 = NullIfEmpty(Wanted(nameof(IPv6Address), IPv6Address));
        // A container without IPv4 has an IPv6 address in IPAddress.
        if (ipv4?.Contains(':') == true && ipv6 is null && !IsTyped(nameof(IPAddress)))
            (ipv4, ipv6) = (null, ipv4);
        return new(network)
        {
            IPAddress = ipv4,
            IPv6Address = ipv6,
            // A disconnected endpoint gets its former addresses again.
            RestoresEndpoint =
                counts
                && (given.Noun == Noun.Container || given.IdIn("EndpointId") is not null)
                && !IsTyped(nameof(IPAddress))
                && !IsTyped(nameof(IPv6Address))
                && !IsTyped(nameof(MacAddress)),
            LinkLocalAddresses = NonEmpty(Wanted(nameof(LinkLocalAddress), LinkLocalAddress)),
            MacAddress = NullIfEmpty(Wanted(nameof(MacAddress), MacAddress)),
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

        // An empty cell is no value; a typed empty text is refused.
        string[] List(string parameter, string[]? values) => IsTyped(parameter) ? values ?? [] : NonEmpty(values);
    }
}
