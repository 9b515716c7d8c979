using System.Net;
using System.Security.Cryptography;
using System.Text;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Engine;

public sealed partial class BridgeNetEngine
{
    private static readonly BridgeNetwork[] s_predefined = [Builtin("bridge", "bridge"), Builtin("host", "host"), Builtin("none", "null")];

    /// <summary>All networks with their endpoints, by name, the predefined ones among them.</summary>
    public IReadOnlyList<BridgeNetwork> GetNetworks() => Guard<IReadOnlyList<BridgeNetwork>>(() =>
    {
        ILookup<string, BridgeEndpoint> endpoints = _store.Reader.Endpoints().ToLookup(endpoint => endpoint.NetworkId);
        return [.. _store.Reader.Networks()
            .Select(row => row.Network with { Containers = [.. endpoints[row.Network.Id]] })
            .Concat(s_predefined)
            .OrderBy(network => network.Name, StringComparer.Ordinal)];
    });

    /// <summary>All containers with their endpoints, by name.</summary>
    public IReadOnlyList<BridgeContainer> GetContainers() => Guard<IReadOnlyList<BridgeContainer>>(() =>
    {
        ILookup<string, BridgeEndpoint> endpoints = _store.Reader.Endpoints().ToLookup(endpoint => endpoint.ContainerId);
        return [.. _store.Reader.Containers()
            .Select(row => Complete(row, endpoints[row.Id]))
            .OrderBy(container => container.Name, StringComparer.Ordinal)];
    });

    /// <summary>Finds one by full id, then exact name, then id prefix: Docker's order.</summary>
    /// <exception cref="BridgeNetException">NetworkNotFound, or AmbiguousId.</exception>
    public BridgeNetwork FindNetwork(string nameOrId) => Guard(() => FindNetwork(_store.Reader, nameOrId));

    /// <inheritdoc cref="FindNetwork(string)"/>
    /// <exception cref="BridgeNetException">ContainerNotFound, or AmbiguousId.</exception>
    public BridgeContainer FindContainer(string nameOrId) => Guard(() => FindContainer(_store.Reader, nameOrId));

    private static BridgeNetwork FindNetwork(IStateReader state, string nameOrId) =>
        Pick(nameOrId, "network", ErrorIds.NetworkNotFound,
            state.FindNetworkById(nameOrId)?.Network ?? state.FindNetwork(nameOrId)?.Network ?? s_predefined.FirstOrDefault(network => network.Name == nameOrId || network.Id == nameOrId),
            () => [.. state.NetworksByIdPrefix(nameOrId).Select(row => row.Network), .. s_predefined.Where(network => network.Id.StartsWith(nameOrId, StringComparison.Ordinal))],
            network => network.ShortId);

    private static BridgeContainer FindContainer(IStateReader state, string nameOrId)
    {
        BridgeContainer found = Pick(nameOrId, "container", ErrorIds.ContainerNotFound,
            state.FindContainerById(nameOrId) ?? state.FindContainer(nameOrId),
            () => state.ContainersByIdPrefix(nameOrId),
            container => container.ShortId);
        return Complete(found, state.Endpoints(containerId: found.Id));
    }

    private static BridgeContainer Complete(BridgeContainer container, IEnumerable<BridgeEndpoint> endpoints) => container with
    {
        Status = File.Exists(container.NetNSPath) ? "running" : "dead",
        Endpoints = [.. endpoints.OrderBy(endpoint => endpoint.InterfaceName, StringComparer.Ordinal)],
    };

    private static T Pick<T>(string asked, string kind, string errorId, T? exact, Func<IReadOnlyList<T>> byPrefix, Func<T, string> shortId)
        where T : class
    {
        if (exact is not null)
            return exact;
        IReadOnlyList<T> matches = NameRules.IdPrefix().IsMatch(asked) ? byPrefix() : [];
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw new BridgeNetException(errorId, ProblemCategory.ObjectNotFound,
                $"There is no {kind} '{asked}'; Get-Bridge{char.ToUpperInvariant(kind[0])}{kind[1..]} lists those there are.", asked),
            _ => throw new BridgeNetException(ErrorIds.AmbiguousId, ProblemCategory.InvalidArgument,
                $"'{asked}' begins the ids of several {kind}s ({string.Join(", ", matches.Select(shortId))}); give more digits or the name.", asked),
        };
    }

    private static BridgeNetwork Builtin(string name, string driver) => new()
    {
        Name = name,
        // The same on every host: there is one of each, and scripts may compare them.
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"bridgenet predefined network {name}"))),
        Created = DateTimeOffset.UnixEpoch,
        Driver = driver,
    };
}
