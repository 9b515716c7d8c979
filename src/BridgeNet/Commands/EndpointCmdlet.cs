using System.Collections;
using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Engine;

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
    [Parameter]
    public string[] LinkLocalAddress { get; set; } = [];

    /// <summary>The Ethernet address to have, such as 02:42:0a:14:00:05; else Docker's, made of the IPv4 address.</summary>
    [Parameter]
    public string? MacAddress { get; set; }

    /// <summary>Other names by which containers of the network know this one.</summary>
    [Parameter]
    public string[] Alias { get; set; } = [];

    /// <summary>Of a container's networks the one with the highest has its default route, among equals the first by name; 0 if not given, and it may be negative.</summary>
    [Parameter]
    public int GatewayPriority { get; set; }

    /// <summary>The default route never goes through this network.</summary>
    [Parameter]
    public SwitchParameter NoDefaultRoute { get; set; }

    /// <summary>The name of the interface inside, up to 15 letters; else the next free of eth0, eth1 and so on.</summary>
    [Parameter]
    public string? InterfaceName { get; set; }

    /// <summary>Kernel settings of the interface inside, as @{ 'net.ipv4.conf.IFNAME.log_martians' = 1 }, where IFNAME stands for its name.</summary>
    [Parameter]
    [TextTable]
    public Hashtable? Sysctl { get; set; }

    /// <summary>Ports to publish on the host, as for docker run -p: 8080:80, 127.0.0.1:8080:80/tcp, 8000-8010:80-90/udp, :80 for a free port of the host.</summary>
    [Parameter]
    public string[] Publish { get; set; } = [];

    private protected EndpointRequest RequestFor(string network) => new(network)
    {
        IPAddress = Given(IPAddress),
        IPv6Address = Given(IPv6Address),
        LinkLocalAddresses = Given(LinkLocalAddress),
        MacAddress = Given(MacAddress),
        Aliases = Alias ?? [],
        GatewayPriority = GatewayPriority,
        NoDefaultRoute = NoDefaultRoute,
        InterfaceName = InterfaceName,
        Sysctls = Sysctl.ToDictionary(),
        Publish = Publish ?? [],
    };
}
