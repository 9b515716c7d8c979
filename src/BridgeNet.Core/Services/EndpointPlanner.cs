using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Ports;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Chooses everything of a new endpoint.</summary>
/// <param name="ports">Chooses its published ports.</param>
/// <param name="drivers">The drivers of networks.</param>
internal sealed class EndpointPlanner(PortPlanner ports, NetworkDrivers drivers)
{
    /// <summary>Chooses everything of an endpoint; refuses with all problems together.</summary>
    /// <param name="state">The state.</param>
    /// <param name="network">The network that it is to be on.</param>
    /// <param name="endpoints">The endpoints that are on it.</param>
    /// <param name="container">The container that it is to be of.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="inside">The names of the interfaces that the container has.</param>
    /// <param name="context">Who hears of warnings.</param>
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
        INetworkDriver driver = drivers.Of(network);
        RefuseUnconnectable(driver, network, container);
        List<Problem> problems = [];
        if (endpoints.Any(row => row.ContainerId == container.Id))
        {
            problems.Add(
                new(
                    ErrorIds.AlreadyConnected,
                    ProblemCategory.ResourceExists,
                    $"Container '{container.Name}' is on network '{network.Name}' already; disconnect it first to change its address.",
                    container.Name
                )
            );
        }
        if (endpoints.Count >= driver.MaxEndpoints)
        {
            problems.Add(
                new(
                    ErrorIds.BridgePortLimit,
                    ProblemCategory.LimitsExceeded,
                    $"Network '{network.Name}' has {endpoints.Count} endpoints, and the kernel gives a bridge no more; connect the container to another network.",
                    network.Name
                )
            );
        }
        Reservation[] reservations = [.. state.Reservations(network.Id)];
        Reservation? own = reservations.FirstOrDefault(row => row.ContainerId == container.Id);
        Holders holders = new(
            endpoints,
            [.. reservations.Where(row => row.ContainerId != container.Id)],
            id => state.FindContainerById(id)?.Name ?? id[..12]
        );

        IPAddress? ipv4 = CheckAddress(network, AddressFamily.InterNetwork, request.IPAddress, request.RestoresEndpoint, holders, problems);
        IPAddress? ipv6 = CheckAddress(
            network,
            AddressFamily.InterNetworkV6,
            request.IPv6Address,
            request.RestoresEndpoint,
            holders,
            problems
        );
        MacAddress? mac = CheckMac(network, request.MacAddress, holders, problems);
        IPAddress[] linkLocal =
        [
            .. request.LinkLocalAddresses.Select(text => CheckLinkLocal(network, text, holders, problems)).OfType<IPAddress>(),
        ];
        CheckAliases(network, request.Aliases, problems);
        string? name = CheckInterface(request.InterfaceName, inside, problems);
        EndpointRules.CheckSysctls(request.Sysctls, problems);
        List<PortRequest> publish = [.. request.Publish.SelectMany(text => PortSpecification.Parse(text, problems))];
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        ipv4 ??= own?.IPAddress ?? ChooseAddress(state, network, AddressFamily.InterNetwork, holders);
        ipv6 ??= own?.IPv6Address ?? ChooseAddress(state, network, AddressFamily.InterNetworkV6, holders);
        string id = NameRules.NewId();
        EndpointRow endpoint = new()
        {
            NetworkName = network.Name,
            NetworkId = network.Id,
            ContainerName = container.Name,
            ContainerId = container.Id,
            EndpointId = id,
            InterfaceName = name ?? FreeInterface(network, inside),
            HostInterface = driver.HostEnd(id),
            MacAddress = mac ?? own?.MacAddress ?? DefaultMac(ipv4, holders),
            IPAddress = ipv4,
            PrefixLength = PrefixOf(network, AddressFamily.InterNetwork),
            IPv6Address = ipv6,
            IPv6PrefixLength = PrefixOf(network, AddressFamily.InterNetworkV6),
            Gateway = DesiredEndpoint.Gateway(network, AddressFamily.InterNetwork),
            IPv6Gateway = DesiredEndpoint.Gateway(network, AddressFamily.InterNetworkV6),
            Aliases = [.. request.Aliases.Distinct(StringComparer.OrdinalIgnoreCase)],
            LinkLocalAddresses = linkLocal,
            GatewayPriority = request.GatewayPriority,
            NoDefaultRoute = request.NoDefaultRoute,
            Sysctls = request.Sysctls,
        };
        return endpoint with { Ports = ports.Choose(state, network, endpoint, publish, context.Warning) };
    }

    /// <summary>Refuses what cannot be joined at all.</summary>
    private static void RefuseUnconnectable(INetworkDriver driver, NetworkRow network, ContainerRow container)
    {
        string? reason =
            driver.WhyUnconnectable(network)
            ?? (
                container.Kind == ContainerKind.Host
                    ? $"Container '{container.Name}' shares the host's namespace, which is on no network of its own; make another container."
                    : null
            );
        if (reason is not null)
            throw new BridgeNetException(
                ErrorIds.PredefinedNetwork,
                ProblemCategory.InvalidOperation,
                reason,
                container.Kind == ContainerKind.Host ? container.Name : network.Name
            );
    }

    private static IPAddress? CheckAddress(
        NetworkRow network,
        AddressFamily family,
        string? asked,
        bool restores,
        Holders holders,
        List<Problem> problems
    )
    {
        if (asked is null)
            return null;
        string option = family == AddressFamily.InterNetwork ? "-IPAddress" : "-IPv6Address";
        if (network.Config(family) is not { } config)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"Network '{network.Name}' has no {AddressPool.Name(family)}; leave {option} out, or make the network with an {AddressPool.Name(family)} subnet.",
                    asked
                )
            );
            return null;
        }
        if (network.Name == NetworkPlanner.Default && !restores)
        {
            problems.Add(
                new(
                    ErrorIds.StaticAddressNeedsSubnet,
                    ProblemCategory.InvalidOperation,
                    $"An address can be asked for only on networks that were made by hand, not on '{network.Name}'. Leave {option} out, or make a network with -Subnet.",
                    network.Name
                )
            );
            return null;
        }
        if (config.Automatic && !restores)
        {
            problems.Add(
                new(
                    ErrorIds.StaticAddressNeedsSubnet,
                    ProblemCategory.InvalidOperation,
                    $"An address can be asked for only on a network whose subnet was given; the subnet of '{network.Name}' was chosen automatically. Leave {option} out, or make the network with -Subnet.",
                    network.Name
                )
            );
            return null;
        }
        if (AddressPool.Check(asked, config, holders.Of, network.Name, out IPAddress? address) is { } problem)
            problems.Add(problem);
        return address;
    }

    private static MacAddress? CheckMac(NetworkRow network, string? asked, Holders holders, List<Problem> problems)
    {
        if (asked is null)
            return null;
        if (!MacAddress.TryParse(asked, null, out MacAddress mac) || !mac.IsUnicast)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"'{Display.Of(asked)}' is not the Ethernet address of one interface; write six pairs of hex digits, the first one even, such as 02:42:0a:14:00:05.",
                    asked
                )
            );
            return null;
        }
        string? by = mac == network.BridgeMacAddress ? "the bridge" : holders.Of(mac);
        if (by is not null)
            problems.Add(
                new(
                    ErrorIds.AddressInUse,
                    ProblemCategory.ResourceExists,
                    $"The Ethernet address {mac} is in use on network '{network.Name}' by {by}; choose another.",
                    asked
                )
            );
        return mac;
    }

    private static IPAddress? CheckLinkLocal(NetworkRow network, string asked, Holders holders, List<Problem> problems)
    {
        IPAddress? address = AddressNumber.Parse(asked);
        if (!EndpointRules.CheckLinkLocal(address, asked, problems))
            return null;
        if (holders.Of(address!) is { } by)
            problems.Add(
                new(
                    ErrorIds.AddressInUse,
                    ProblemCategory.ResourceExists,
                    $"The address {address} is in use on network '{network.Name}' by {by}; choose another.",
                    asked
                )
            );
        return address;
    }

    private static void CheckAliases(NetworkRow network, IReadOnlyList<string> aliases, List<Problem> problems)
    {
        if (aliases.Count > 0 && network.Name == NetworkPlanner.Default)
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"Names are known only on networks that were made by hand, not on '{network.Name}'; leave -Alias out, or make a network.",
                    network.Name
                )
            );
        }
        foreach (string alias in aliases)
            HostNameRules.CheckAlias(alias, problems);
    }

    private static string? CheckInterface(string? asked, IReadOnlySet<string> inside, List<Problem> problems)
    {
        if (asked is null)
            return null;
        if (!LinkRules.IsName(asked))
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"'{Display.Of(asked)}' cannot be the name of an interface: use 1 to 15 letters, digits, '_', '-' and '.'.",
                    asked
                )
            );
        }
        else if (inside.Contains(asked))
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.ResourceExists,
                    $"The container has an interface '{asked}' already; choose another name.",
                    asked
                )
            );
        }
        return asked;
    }

    private static IPAddress? ChooseAddress(IStateReader state, NetworkRow network, AddressFamily family, Holders holders) =>
        network.Config(family) is { } config
            ? AddressPool.Choose(config, holders.Addresses, state.LastAddress(network.Id, config.Subnet), network.Name)
            : null;

    /// <summary>Docker's: <c>02:42</c> and the IPv4 address; a random one without IPv4, or where somebody took that one by hand.</summary>
    private static MacAddress DefaultMac(IPAddress? ipv4, Holders holders)
    {
        MacAddress mac = ipv4 is null ? MacAddress.Random() : MacAddress.FromIPv4(ipv4);
        while (holders.Of(mac) is not null)
            mac = MacAddress.Random();
        return mac;
    }

    private static string FreeInterface(NetworkRow network, IReadOnlySet<string> inside)
    {
        string prefix = network.Options.GetValueOrDefault(NetworkOptions.InterfacePrefix, "eth");
        return Enumerable.Range(0, int.MaxValue).Select(number => $"{prefix}{number}").First(name => !inside.Contains(name));
    }

    private static int PrefixOf(NetworkRow network, AddressFamily family) => network.Config(family)?.Subnet.PrefixLength ?? 0;

    /// <summary>Who has which address on a network: endpoints, and containers that come back to theirs.</summary>
    private sealed class Holders
    {
        private readonly Dictionary<IPAddress, string> _addresses = [];
        private readonly Dictionary<MacAddress, string> _macs = [];

        public Holders(IReadOnlyList<EndpointRow> endpoints, IReadOnlyList<Reservation> reservations, Func<string, string> nameOf)
        {
            foreach (EndpointRow endpoint in endpoints)
            {
                string owner = $"container '{endpoint.ContainerName}'";
                Add(owner, endpoint.MacAddress, [endpoint.IPAddress, endpoint.IPv6Address, .. endpoint.LinkLocalAddresses]);
            }
            foreach (Reservation reservation in reservations)
                Add(
                    $"container '{nameOf(reservation.ContainerId)}', for which it is reserved",
                    reservation.MacAddress,
                    [reservation.IPAddress, reservation.IPv6Address]
                );
        }

        public IReadOnlySet<IPAddress> Addresses => _addresses.Keys.ToHashSet();

        public string? Of(IPAddress address) => _addresses.GetValueOrDefault(address);

        public string? Of(MacAddress mac) => _macs.GetValueOrDefault(mac);

        private void Add(string owner, MacAddress? mac, IEnumerable<IPAddress?> addresses)
        {
            if (mac is { } known)
                _macs.TryAdd(known, owner);
            foreach (IPAddress address in addresses.OfType<IPAddress>())
                _addresses.TryAdd(address, owner);
        }
    }
}
