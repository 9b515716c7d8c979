using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drift;

/// <summary>In what a container is not as it is meant to be on some networks, on the host and inside.</summary>
/// <param name="host">The host.</param>
/// <param name="actual">What the kernel has.</param>
/// <param name="names">Who is on which network.</param>
/// <param name="networks">The networks that are looked at, by id.</param>
internal sealed class ContainerDrift(OpenHost host, ActualState actual, NameView names, IReadOnlyDictionary<string, NetworkRow> networks)
{
    private readonly ObjectDrift _objects = new(actual);

    /// <summary>What there is to report and to repair.</summary>
    /// <param name="container">The container, with its endpoints.</param>
    public IEnumerable<Finding> Find(ContainerRow container)
    {
        EndpointRow[] endpoints = [.. container.Endpoints.Where(endpoint => networks.ContainsKey(endpoint.NetworkId))];
        using NetworkNamespace? space = host.Door.TryOpen(container);
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
            yield return new Whose(endpoints.Length > 0 ? networks[endpoints[0].NetworkId] : null, container).Finding(
                DriftKind.File,
                file,
                "the names of its networks",
                File.Exists(file) ? "others" : Deviation.Missing,
                "\n",
                [new UpdateNames(new NameChange(), [container.Id]) { Lines = new([$"# update {ShellWord.Of(file)}"]) }]
            ) with
            {
                Words = string.Join('\n', host.Names.DescribeAnew(container, names)),
            };
        }
    }

    /// <summary>What creates the default routes of a container with these endpoints.</summary>
    public static IEnumerable<Operation> Routes(ContainerRow container, IReadOnlyList<EndpointRow> endpoints) =>
        DesiredEndpoint.Routes(Place.Of(container), endpoints).Select(static route => new ObjectOperation(null, route));

    private IEnumerable<Finding> Inside(ContainerRow container, EndpointRow[] endpoints, NetworkNamespace space)
    {
        Place place = Place.Of(container);
        (NetworkRow Network, KernelObject[] Objects, KernelObject[] Expected)[] wanted =
        [
            .. from endpoint in endpoints
            let network = networks[endpoint.NetworkId]
            let driver = host.Desired.Drivers.Of(network)
            select (network, driver.Objects(network, endpoint, place).ToArray(), driver.Expects(network, endpoint, place).ToArray()),
        ];
        HostFacts inside = Look(space, place, wanted.SelectMany(static of => of.Objects.Concat(of.Expected)));
        actual.Enter(place, inside);
        Finding[] findings =
        [
            .. wanted.SelectMany(of =>
                _objects.Find(new Whose(of.Network, container), of.Objects, of.Expected, () => Routes(container, container.Endpoints))
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

    /// <summary>Links, addresses and routes inside, with the settings that are to be compared; entering costs more than reading.</summary>
    private static HostFacts Look(NetworkNamespace space, Place place, IEnumerable<KernelObject> wanted)
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
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            Dictionary<string, string?> settings = keys.ToDictionary(static key => key, Sysctl.Read);
            return new HostFacts(links, settings.GetValueOrDefault);
        });
    }

    /// <summary>The default routes; one that goes through none of the container's gateways is foreign and stays.</summary>
    private IEnumerable<Finding> Routes(NetworkRow network, ContainerRow container, HostFacts inside)
    {
        Place place = Place.Of(container);
        Dictionary<AddressFamily, DefaultRoute> wanted = DesiredEndpoint
            .Routes(place, container.Endpoints)
            .ToDictionary(static route => route.Gateway.AddressFamily);
        foreach (AddressFamily family in AddressNumber.Families)
        {
            DefaultRoute? route = wanted.GetValueOrDefault(family);
            Route? now = inside.Routes.FirstOrDefault(there =>
                DefaultRoute.IsDefault(there) && there.Destination.BaseAddress.AddressFamily == family
            );
            EndpointRow? through = now is null
                ? null
                : container.Endpoints.FirstOrDefault(endpoint => endpoint.GatewayOf(family)?.Equals(now.Gateway) ?? false);
            bool foreign = now is not null && through is null;
            string expected = route is null ? "none" : $"via {route.Gateway} dev {route.Link.Name}";
            string actual = now is null
                ? route is null
                    ? "none"
                    : Deviation.Missing
                : $"via {now.Gateway} dev {ShellWord.Of(inside.Find(now.LinkIndex)?.Name ?? "?")}";
            if (foreign || expected == actual)
                continue;
            NetworkRow of =
                DesiredEndpoint.ChooseGateway(container.Endpoints, family) is { } chosen
                && networks.TryGetValue(chosen.NetworkId, out NetworkRow? its)
                    ? its
                    : network;
            DefaultRoute? found = through is null
                ? null
                : new(place, through.GatewayOf(family)!, LinkMark.Inside(through), through.HostInterface);
            yield return new Whose(of, container).Finding(
                DriftKind.Route,
                family == AddressFamily.InterNetwork ? "default" : "default (IPv6)",
                expected,
                actual,
                "; ",
                [new ObjectOperation(found, route)]
            );
        }
    }
}
