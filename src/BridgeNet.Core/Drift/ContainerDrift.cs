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
/// <param name="facts">Its links, addresses and routes.</param>
/// <param name="names">Who is on which network.</param>
/// <param name="networks">The networks that are looked at, by id.</param>
internal sealed class ContainerDrift(OpenHost host, HostFacts facts, NameView names, IReadOnlyDictionary<string, NetworkRow> networks)
{
    private readonly EndpointDrift _endpoints = new(facts);

    /// <summary>What there is to tell and to repair.</summary>
    /// <param name="container">The container, with its endpoints.</param>
    public IEnumerable<Finding> Find(ContainerRow container)
    {
        EndpointRow[] endpoints = [.. container.Endpoints.Where(endpoint => networks.ContainsKey(endpoint.NetworkId))];
        using NetworkNamespace? space = host.Door.TryOpen(container);
        if (space is null)
        {
            yield return new NamespaceDrift(host, facts).Find(container, endpoints, networks);
            yield break;
        }
        if (endpoints.Length > 0)
        {
            foreach (Finding finding in Inside(container, endpoints, space))
                yield return finding;
        }
        if (host.Names.Differing(container, names) is { } file)
        {
            yield return new Whose(endpoints.Length > 0 ? networks[endpoints[0].NetworkId] : null, container).Finding(DriftKind.File, file, "the names of its networks",
                File.Exists(file) ? "others" : BridgeDrift.Missing, "\n", [new UpdateNames(new NameChange(), [container.Id]) { Lines = [$"# update {ShellWord.Of(file)}"] }]);
        }
    }

    private IEnumerable<Finding> Inside(ContainerRow container, EndpointRow[] endpoints, NetworkNamespace space)
    {
        (HostFacts inside, IReadOnlyList<DifferentSetting> settings) = Look(space, endpoints);
        Finding[] findings = [.. endpoints.SelectMany(endpoint => _endpoints.Find(networks[endpoint.NetworkId], container, endpoint, inside))];
        // Of an interface that is made anew they come with it, and one of somebody else's has its own.
        bool IsThere(EndpointRow endpoint) => findings.All(finding => finding.Drift.Kind != DriftKind.Endpoint || finding.Drift.NetworkName != endpoint.NetworkName);
        foreach ((EndpointRow endpoint, Setting setting, string now) in settings.Where(differs => IsThere(differs.Endpoint)))
        {
            LinkMark mark = LinkMark.Inside(endpoint) with { Index = inside.Find(endpoint.InterfaceName)?.Index ?? 0 };
            yield return BridgeDrift.SettingOf(new Whose(networks[endpoint.NetworkId], container), Place.Of(container), mark, setting, now);
        }
        foreach (Finding finding in findings)
            yield return finding;
        if (container.Endpoints.All(endpoint => inside.Find(endpoint.InterfaceName) is not null) && findings.All(static finding => finding.Drift.Kind != DriftKind.Endpoint))
        {
            foreach (Finding finding in Routes(networks[endpoints[0].NetworkId], container, inside))
                yield return finding;
        }
    }

    /// <summary>Links, addresses and routes inside, and the settings of interfaces that are not as they are meant to be; entering costs more than reading.</summary>
    private static (HostFacts Facts, IReadOnlyList<DifferentSetting> Differing) Look(NetworkNamespace space, IReadOnlyList<EndpointRow> endpoints) => space.Run(() =>
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        IReadOnlyList<DifferentSetting> differing =
        [
            .. from endpoint in endpoints
               from setting in Settings(endpoint)
               let now = Sysctl.Read(setting.Key)
               where now is not null && !Same(now, setting.Value)
               select new DifferentSetting(endpoint, setting, now),
        ];
        return (new HostFacts(links), differing);
    });

    /// <summary>What is asked for last wins, as when it was written. Now it is a default, for the kernel took it once.</summary>
    private static IEnumerable<Setting> Settings(EndpointRow endpoint) => DesiredEndpoint.Settings(endpoint)
        .Concat(endpoint.IPv6Address is null ? [] : [new Setting($"net/ipv6/conf/{endpoint.InterfaceName}/disable_ipv6", "0")])
        .Reverse().DistinctBy(static setting => setting.Key).Select(static setting => setting with { Asked = false });

    // The kernel prints several numbers with tabs between them.
    private static bool Same(string one, string other) => one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SequenceEqual(other.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The default routes; one that goes through none of the container's gateways is somebody else's and right.</summary>
    private IEnumerable<Finding> Routes(NetworkRow network, ContainerRow container, HostFacts inside)
    {
        Place place = Place.Of(container);
        Dictionary<AddressFamily, DefaultRoute> wanted = DesiredEndpoint.Routes(place, container.Endpoints).ToDictionary(static route => route.Gateway.AddressFamily);
        foreach (AddressFamily family in AddressNumber.Families)
        {
            DefaultRoute? route = wanted.GetValueOrDefault(family);
            Route? now = inside.Routes.FirstOrDefault(there => DefaultRoute.IsDefault(there) && there.Destination.BaseAddress.AddressFamily == family);
            EndpointRow? through = now is null ? null : container.Endpoints.FirstOrDefault(endpoint => endpoint.GatewayOf(family)?.Equals(now.Gateway) ?? false);
            bool foreign = now is not null && through is null;
            string expected = route is null ? "none" : $"via {route.Gateway} dev {route.Link.Name}";
            string actual = now is null ? route is null ? "none" : BridgeDrift.Missing : $"via {now.Gateway} dev {ShellWord.Of(inside.Find(now.LinkIndex)?.Name ?? "?")}";
            if (foreign || expected == actual)
                continue;
            NetworkRow of = DesiredEndpoint.ChooseGateway(container.Endpoints, family) is { } chosen && networks.TryGetValue(chosen.NetworkId, out NetworkRow? its) ? its : network;
            DefaultRoute? found = through is null ? null : new(place, through.GatewayOf(family)!, LinkMark.Inside(through), through.HostInterface);
            yield return new Whose(of, container).Finding(DriftKind.Route, family == AddressFamily.InterNetwork ? "default" : "default (IPv6)", expected, actual, "; ",
                [new ObjectOperation(found, route)]);
        }
    }

    /// <summary>A setting that has another value inside.</summary>
    private sealed record DifferentSetting(EndpointRow Endpoint, Setting Setting, string Now);
}
