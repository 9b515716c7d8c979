using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drift;

/// <summary>Finds the drift of a container on some networks, on the host and inside.</summary>
/// <param name="host">The host.</param>
/// <param name="actual">The actual state.</param>
/// <param name="names">The endpoints of each network, for names.</param>
/// <param name="networks">The networks to check, by id.</param>
internal sealed class ContainerDrift(OpenHost host, ActualState actual, NameView names, IReadOnlyDictionary<string, NetworkRow> networks)
{
    private readonly ObjectDrift _objects = new(actual);

    /// <summary>The findings for a container.</summary>
    /// <param name="container">The container, with its endpoints.</param>
    public IEnumerable<Finding> Find(ContainerRow container)
    {
        EndpointRow[] endpoints = [.. container.Endpoints.Where(endpoint => networks.ContainsKey(endpoint.NetworkId))];
        using INetworkNamespace? space = host.Door.TryOpen(container);
        if (space is null)
        {
            yield return new NamespaceDrift(host, actual).Find(container, endpoints, networks);
            yield break;
        }
        if (endpoints.Length > 0)
        {
            foreach (Finding finding in Inside(container, endpoints, space))
                yield return finding;
        }
        if (host.Names.Differing(container, names) is { } file)
        {
            yield return new DriftSubject(endpoints.Length > 0 ? networks[endpoints[0].NetworkId] : null, container).Finding(
                DriftKind.File,
                file,
                "the names of its networks",
                host.Machine.Files.Read(file) is not null ? "different names" : Deviation.Missing,
                "\n",
                [new UpdateNames(new NameChange(), [container.Id]) { Lines = new([$"# update {ShellWord.Of(file)}"]) }]
            ) with
            {
                Words = string.Join('\n', host.Names.DescribeRewrite(container, names)),
            };
        }
    }

    /// <summary>The operations that create the default routes of a container with these endpoints.</summary>
    public static IEnumerable<Operation> Routes(ContainerRow container, IReadOnlyList<EndpointRow> endpoints) =>
        DesiredEndpoint.Routes(Place.Of(container), endpoints).Select(static route => new ObjectOperation(null, route));

    private IEnumerable<Finding> Inside(ContainerRow container, EndpointRow[] endpoints, INetworkNamespace space)
    {
        Place place = Place.Of(container);
        (NetworkRow Network, EndpointRow Endpoint, KernelObject[] Objects, KernelObject[] Expected)[] wanted =
        [
            .. from endpoint in endpoints
            let network = networks[endpoint.NetworkId]
            let driver = host.Desired.Drivers.Of(network)
            select (
                network,
                endpoint,
                driver.Objects(network, endpoint, place).ToArray(),
                driver.Expects(network, endpoint, place).ToArray()
            ),
        ];
        HostFacts inside = Look(space, place, wanted.SelectMany(static of => of.Objects.Concat(of.Expected)));
        actual.Enter(place, inside);
        Finding[] findings =
        [
            .. wanted.SelectMany(of =>
                _objects.Find(
                    new DriftSubject(of.Network, container),
                    of.Objects,
                    of.Expected,
                    // A route by another interface is a finding of its own, and that interface may not be ready for it.
                    () =>
                        DesiredEndpoint
                            .Routes(place, container.Endpoints)
                            .Where(route => route.Link.Name == of.Endpoint.InterfaceName)
                            .Select(static route => new ObjectOperation(null, route))
                )
            ),
        ];
        foreach (Finding finding in findings)
            yield return finding;
        if (
            container.Endpoints.All(endpoint => inside.Find(endpoint.InterfaceName) is not null)
            && findings.All(static finding => finding.Drift.Kind != DriftKind.Endpoint)
        )
        {
            foreach (Finding finding in Routes(networks[endpoints[0].NetworkId], container, inside))
                yield return finding;
        }
    }

    /// <summary>
    /// Reads links, addresses, routes and the settings to compare inside the container, together: entering costs more than reading.
    /// </summary>
    private HostFacts Look(INetworkNamespace space, Place place, IEnumerable<KernelObject> wanted)
    {
        string[] keys =
        [
            .. wanted
                .OfType<LinkSettings>()
                .Where(one => one.Place == place)
                .SelectMany(static one => one.Settings)
                .Select(static setting => setting.Key)
                .Distinct(),
        ];
        return space.Run(() =>
        {
            using IRtnetlink links = host.Machine.OpenRtnetlink();
            Dictionary<string, string?> settings = keys.ToDictionary(static key => key, host.Machine.Sysctl.Read);
            return new HostFacts(links, settings.GetValueOrDefault);
        });
    }

    /// <summary>The findings for default routes; a route through none of the container's gateways is foreign and stays.</summary>
    private IEnumerable<Finding> Routes(NetworkRow network, ContainerRow container, HostFacts inside)
    {
        Place place = Place.Of(container);
        Dictionary<AddressFamily, DefaultRoute> wanted = DesiredEndpoint
            .Routes(place, container.Endpoints)
            .ToDictionary(static route => route.Family);
        foreach (AddressFamily family in AddressNumber.Families)
        {
            DefaultRoute? route = wanted.GetValueOrDefault(family);
            Route? now = inside.Routes.FirstOrDefault(route =>
                DefaultRoute.IsDefault(route) && route.Destination.BaseAddress.AddressFamily == family
            );
            EndpointRow? through = now is null
                ? null
                : container.Endpoints.FirstOrDefault(endpoint => LeadsBy(endpoint, family, now, inside));
            bool foreign = now is not null && through is null;
            string expected = route is null ? "none" : DefaultRoute.Way(route.Gateway, route.Link.Name);
            string actual = now is null
                ? route is null
                    ? "none"
                    : Deviation.Missing
                : DefaultRoute.Way(now.Gateway, inside.Find(now.LinkIndex)?.Name ?? "?");
            if (foreign || expected == actual)
                continue;
            NetworkRow of =
                DesiredEndpoint.ChooseGateway(container.Endpoints, family) is { } chosen
                && networks.TryGetValue(chosen.NetworkId, out NetworkRow? its)
                    ? its
                    : network;
            DefaultRoute? found = through is null ? null : DesiredEndpoint.Route(place, through, family);
            yield return new DriftSubject(of, container).Finding(
                DriftKind.Route,
                family == AddressFamily.InterNetwork ? "default" : "default (IPv6)",
                expected,
                actual,
                "; ",
                [new ObjectOperation(found, route)]
            );
        }
    }

    /// <summary>Whether a default route leads out by an endpoint: by its gateway, or by its interface where that needs none.</summary>
    private static bool LeadsBy(EndpointRow endpoint, AddressFamily family, Route route, HostFacts inside) =>
        route.Gateway is { } gateway
            ? gateway.Equals(endpoint.GatewayOf(family))
            : endpoint.RoutesByDevice && inside.Find(endpoint.InterfaceName)?.Index == route.LinkIndex;
}
