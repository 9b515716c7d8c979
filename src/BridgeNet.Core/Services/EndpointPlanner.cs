using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Ports;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Plans new endpoints.</summary>
/// <param name="ports">Chooses the published ports.</param>
/// <param name="host">The host.</param>
internal sealed class EndpointPlanner(PortPlanner ports, OpenHost host)
{
    /// <summary>Plans a new endpoint; refuses with all problems together.</summary>
    /// <param name="state">The state.</param>
    /// <param name="network">The network.</param>
    /// <param name="endpoints">The existing endpoints on the network.</param>
    /// <param name="container">The container.</param>
    /// <param name="request">The request.</param>
    /// <param name="inside">The names of the container's interfaces.</param>
    /// <param name="context">Receives warnings.</param>
    public EndpointRow Plan(
        IStateReader state,
        NetworkRow network,
        IReadOnlyList<EndpointRow> endpoints,
        ContainerRow container,
        EndpointRequest request,
        IReadOnlySet<string> inside,
        ChangeContext context
    )
    {
        INetworkDriver driver = host.Desired.Drivers.Of(network);
        EndpointRequestRules.RefuseUnconnectable(driver, network, container);
        List<Problem> problems = [];
        Reservation[] reservations = [.. state.Reservations(network.Id)];
        Reservation? own = reservations.FirstOrDefault(row => row.ContainerId == container.Id);
        AddressHolders holders = new(
            endpoints,
            [.. reservations.Where(row => row.ContainerId != container.Id)],
            id => state.FindContainerById(id)?.Name ?? id[..12]
        );

        EndpointRequestRules rules = new(network, holders, problems);
        rules.CheckMembership(driver, endpoints, container);
        IPAddress? ipv4 = rules.CheckAddress(AddressFamily.InterNetwork, request.IPAddress, request.RestoresEndpoint);
        IPAddress? ipv6 = rules.CheckAddress(AddressFamily.InterNetworkV6, request.IPv6Address, request.RestoresEndpoint);
        bool sharesMac = driver.SharesMac(network);
        MacAddress? mac = rules.CheckMac(request.MacAddress, sharesMac);
        IPAddress[] linkLocal = [.. request.LinkLocalAddresses.Select(rules.CheckLinkLocal).OfType<IPAddress>()];
        rules.CheckAliases(request.Aliases);
        // The name of an interface that another tool deleted stays in use, because a repair creates it again.
        inside = inside.Concat(state.Endpoints(containerId: container.Id).Select(static endpoint => endpoint.InterfaceName)).ToHashSet();
        rules.CheckInterface(request.InterfaceName, inside);
        EndpointRules.CheckSysctls(request.Sysctls, problems);
        List<PortRequest> publish = [.. request.Publish.SelectMany(text => PortSpecification.Parse(text, problems))];
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        ipv4 ??= own?.IPAddress ?? ChooseAddress(state, network, AddressFamily.InterNetwork, holders);
        ipv6 ??= own?.IPv6Address ?? ChooseAddress(state, network, AddressFamily.InterNetworkV6, holders);
        string id = host.Machine.Random.NewId();
        EndpointRow endpoint = new()
        {
            NetworkName = network.Name,
            NetworkId = network.Id,
            ContainerName = container.Name,
            ContainerId = container.Id,
            EndpointId = id,
            InterfaceName = request.InterfaceName ?? FreeInterface(network, inside),
            InterfaceKind = driver.InterfaceKind,
            HostInterface = driver.HostEnd(id),
            MacAddress = sharesMac ? null : mac ?? own?.MacAddress ?? DefaultMac(ipv4, holders),
            IPAddress = ipv4,
            PrefixLength = PrefixOf(network, AddressFamily.InterNetwork),
            IPv6Address = ipv6,
            IPv6PrefixLength = PrefixOf(network, AddressFamily.InterNetworkV6),
            Aliases = [.. request.Aliases.Distinct(StringComparer.OrdinalIgnoreCase)],
            LinkLocalAddresses = linkLocal,
            GatewayPriority = request.GatewayPriority,
            NoDefaultRoute = request.NoDefaultRoute,
            Sysctls = request.Sysctls,
        };
        endpoint = GatewayChoice.Of(driver, network, endpoint);
        return endpoint with { Ports = ports.Choose(state, network, endpoint, publish, context.Warning) };
    }

    private static IPAddress? ChooseAddress(IStateReader state, NetworkRow network, AddressFamily family, AddressHolders holders) =>
        network.Config(family) is { } config
            ? AddressPool.Choose(config, holders.Addresses, state.LastAddress(network.Id, config.Subnet), network.Name)
            : null;

    /// <summary>
    /// The default MAC address, as in Docker: <c>02:42</c> and the IPv4 address; a random one without IPv4, or if that one is in use.
    /// </summary>
    private MacAddress DefaultMac(IPAddress? ipv4, AddressHolders holders)
    {
        MacAddress mac = ipv4 is null ? host.Machine.Random.NewMacAddress() : MacAddress.FromIPv4(ipv4);
        while (holders.Of(mac) is not null)
            mac = host.Machine.Random.NewMacAddress();
        return mac;
    }

    private static string FreeInterface(NetworkRow network, IReadOnlySet<string> inside)
    {
        string prefix = network.Options.GetValueOrDefault(NetworkOptions.InterfacePrefix, "eth");
        return Enumerable.Range(0, int.MaxValue).Select(number => $"{prefix}{number}").First(name => !inside.Contains(name));
    }

    private static int PrefixOf(NetworkRow network, AddressFamily family) => network.Config(family)?.Subnet.PrefixLength ?? 0;
}
