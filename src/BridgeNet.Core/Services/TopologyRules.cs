using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>
/// Validates a document, independently of the machine: all values that this module writes to the kernel, to files or to rules follow the
/// same rules as typed ones.
/// </summary>
internal sealed partial class TopologyRules(NetworkDrivers drivers, Topology topology, ICollection<Problem> problems, Action<string> warn)
{
    private static readonly string[] s_protocols = ["tcp", "udp", "sctp"];

    private readonly Dictionary<string, NetworkRow> _networks = [];
    private readonly Dictionary<string, ContainerRow> _containers = [];
    private readonly Dictionary<string, EndpointRow> _endpoints = [];

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Id();

    public void Check()
    {
        foreach (NetworkRow network in topology.Networks)
            Check(network);
        foreach (ContainerRow container in topology.Containers)
            Check(container);
        foreach (EndpointRow endpoint in topology.Endpoints)
            Check(endpoint);
        CheckUnique("network", topology.Networks.Select(static network => network.Name), StringComparer.OrdinalIgnoreCase);
        CheckUnique("bridge", topology.Networks.Select(static network => network.BridgeName).OfType<string>());
        CheckUnique("container", topology.Containers.Select(static container => container.Name), StringComparer.OrdinalIgnoreCase);
        CheckUnique(
            "host interface",
            topology.Endpoints.Select(static endpoint => endpoint.HostInterface).Where(static name => name.Length > 0)
        );
        CheckUnique("membership", topology.Endpoints.Select(static endpoint => $"{endpoint.ContainerName} on {endpoint.NetworkName}"));
        CheckUnique("interface", topology.Endpoints.Select(static endpoint => $"{endpoint.InterfaceName} of {endpoint.ContainerName}"));
        foreach (IGrouping<string, EndpointRow> members in topology.Endpoints.GroupBy(static endpoint => endpoint.NetworkId))
        {
            CheckUnique(
                "address",
                members
                    .SelectMany(static endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address, .. endpoint.LinkLocalAddresses])
                    .OfType<IPAddress>()
                    .Select(static address => address.ToString())
            );
            CheckUnique("Ethernet address", members.Select(static endpoint => endpoint.MacAddress?.ToString()).OfType<string>());
        }
        foreach (PortRow port in topology.Ports)
            Check(port);
        foreach (Reservation reservation in topology.Reservations)
            Check(reservation);
        foreach (Topology.GivenAddress given in topology.LastAddresses)
        {
            if (
                !_networks.TryGetValue(given.NetworkId, out NetworkRow? network)
                || network.IPAM.Config.All(config => !config.Subnet.Equals(given.Subnet))
                || !given.Subnet.Contains(given.Address)
            )
                Add($"The last address {given.Address} belongs to no subnet in the document.", given.Address);
        }
    }

    private void Check(NetworkRow network)
    {
        CheckId("network", network.Id, network, _networks);
        if (network.Name is not ("bridge" or "host" or "none" or "default"))
            NameRules.Check("network", network.Name, problems);
        else if (network.Name != "bridge")
            Add($"'{network.Name}' is a predefined network, which a document cannot contain.", network.Name);
        if (drivers.Find(network.Driver) is not { } driver)
            Add(
                $"Network '{network.Name}' has the driver '{Display.Of(network.Driver)}', which this version of the module does not have.",
                network.Name
            );
        else if (driver.WhyInvalid(network) is { } flaw)
            Add(flaw, network.Name);
        else
            drivers.CheckOptions(
                network.ConfigOnly ? null : driver,
                network.Options,
                network.Internal,
                network.EnableIPv6,
                problems,
                warn,
                network.Name
            );
        IReadOnlyList<SubnetRow> configs = network.IPAM.Config;
        if (configs.Any(static config => config is null))
        {
            Add($"Network '{network.Name}' has a subnet that is null.", network.Name);
            return;
        }
        new IpamRequest
        {
            Subnets = [.. configs.Select(static config => config.Subnet.ToString())],
            Gateways = [.. configs.Select(static config => config.Gateway?.ToString()).OfType<string>()],
            IPRanges = [.. configs.Select(static config => config.IPRange?.ToString()).OfType<string>()],
            AuxAddresses = configs
                .SelectMany(static config => config.AuxiliaryAddresses)
                .ToDictionary(static aux => aux.Key, static aux => $"{aux.Value}"),
        }.Check(static _ => false, problems, network.Name);
        if (
            !network.ConfigOnly
            && (
                network.EnableIPv4 != (network.Config(AddressFamily.InterNetwork) is not null)
                || network.EnableIPv6 != (network.Config(AddressFamily.InterNetworkV6) is not null)
            )
        )
            Add($"Network '{network.Name}' has an address family without a subnet, or a subnet without its address family.", network.Name);
    }

    private void Check(ContainerRow container)
    {
        CheckId("container", container.Id, container, _containers);
        NameRules.CheckContainer(container.Name, problems);
        NameSettings.Read(NameRequest.Of(container), problems);
        if (
            !Enum.IsDefined(container.Kind)
            || container.ProcessId < 0
            || (container.Kind == ContainerKind.Process) != (container.ProcessId > 0)
            || !Path.IsPathFullyQualified(container.NetNSPath)
        )
            Add($"Container '{container.Name}' has no valid namespace source.", container.Name);
    }

    private void Check(EndpointRow endpoint)
    {
        CheckId("endpoint", endpoint.EndpointId, endpoint, _endpoints);
        if (
            !_networks.TryGetValue(endpoint.NetworkId, out NetworkRow? network)
            || network.ConfigOnly
            || !_containers.TryGetValue(endpoint.ContainerId, out ContainerRow? container)
            || container.Kind == ContainerKind.Host
        )
        {
            Add($"The endpoint {endpoint} refers to a network or container that the document does not contain.", endpoint.EndpointId);
            return;
        }
        if (endpoint.NetworkName != network.Name || endpoint.ContainerName != container.Name)
            Add(
                $"The ids of the endpoint {endpoint} refer to network '{network.Name}' and container '{container.Name}'.",
                endpoint.EndpointId
            );
        if (
            drivers.Find(network.Driver) is not { } driver
            || !driver.IsHostEnd(endpoint.HostInterface)
            || endpoint.InterfaceKind != driver.InterfaceKind
            || !LinkRules.IsName(endpoint.InterfaceName)
            || endpoint.InterfaceName == "lo"
            || endpoint.MacAddress is null != driver.SharesMac(network)
            || endpoint.RoutesByDevice != GatewayChoice.Of(driver, network, endpoint).RoutesByDevice
            || endpoint.MacAddress is { IsUnicast: false }
        )
            Add($"The endpoint {endpoint} has an invalid interface or MAC address.", endpoint.EndpointId);
        CheckAddress(network, AddressFamily.InterNetwork, endpoint.IPAddress, endpoint.PrefixLength, $"{endpoint}");
        CheckAddress(network, AddressFamily.InterNetworkV6, endpoint.IPv6Address, endpoint.IPv6PrefixLength, $"{endpoint}");
        CheckGateway(network, endpoint.Gateway, $"{endpoint}");
        CheckGateway(network, endpoint.IPv6Gateway, $"{endpoint}");
        foreach (IPAddress address in endpoint.LinkLocalAddresses)
            EndpointRules.CheckLinkLocal(address, $"{address}", problems);
        foreach (string alias in endpoint.Aliases)
            HostNameRules.CheckAlias(alias, problems);
        EndpointRules.CheckSysctls(endpoint.Sysctls, problems);
    }

    private void CheckAddress(NetworkRow network, AddressFamily family, IPAddress? address, int prefixLength, string of)
    {
        SubnetRow? config = network.Config(family);
        if (config is null != address is null || (config is not null && prefixLength != config.Subnet.PrefixLength))
            Add($"The endpoint {of} has the address {address}/{prefixLength}, which does not fit the network's subnet {config}.", of);
        else if (config is not null && AddressPool.Check($"{address}", config, static _ => null, network.Name, out _) is { } problem)
            problems.Add(problem);
    }

    private void CheckGateway(NetworkRow network, IPAddress? gateway, string of)
    {
        if (gateway is not null && network.IPAM.Config.All(config => !config.Subnet.Contains(gateway)))
            Add($"The gateway {gateway} of {of} is in no subnet of its network.", of);
    }

    private void Check(PortRow port)
    {
        if (
            !_endpoints.TryGetValue(port.EndpointId, out EndpointRow? endpoint)
            || endpoint.NetworkName != port.NetworkName
            || endpoint.ContainerName != port.ContainerName
            || endpoint.Address(port.HostAddress.AddressFamily) is null
            || port.HostPort is < 0 or > 65535
            || port.ContainerPort is < 1 or > 65535
            || !s_protocols.Contains(port.Protocol)
        )
        {
            Add($"The published port {port} belongs to no endpoint in the document, or is invalid.", port.EndpointId);
        }
    }

    private void Check(Reservation reservation)
    {
        if (
            !_networks.TryGetValue(reservation.NetworkId, out NetworkRow? network)
            || !_containers.ContainsKey(reservation.ContainerId)
            || (reservation.IPAddress is { } ipv4 && network.Config(AddressFamily.InterNetwork)?.Subnet.Contains(ipv4) != true)
            || (reservation.IPv6Address is { } ipv6 && network.Config(AddressFamily.InterNetworkV6)?.Subnet.Contains(ipv6) != true)
        )
        {
            Add("An address is reserved for a container or on a network that the document does not contain.", reservation.NetworkId);
        }
    }

    private void CheckId<T>(string what, string id, T item, Dictionary<string, T> all)
    {
        if (!Id().IsMatch(id) || !all.TryAdd(id, item))
            Add($"'{Display.Of(id)}' is not the id of one {what}: an id has 64 hexadecimal digits and is unique.", id);
    }

    private void CheckUnique(string what, IEnumerable<string> names, StringComparer? comparer = null)
    {
        foreach (
            string name in names
                .GroupBy(static name => name, comparer)
                .Where(static group => group.Count() > 1)
                .Select(static group => group.Key)
        )
            Add($"The {what} '{Display.Of(name)}' is in the document twice.", name);
    }

    private void Add(string sentence, object target) =>
        problems.Add(new(ErrorIds.InvalidTopology, ProblemCategory.InvalidData, sentence, target));
}
