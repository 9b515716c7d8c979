using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Names;

/// <summary>The endpoints of each network in the state, as they are after a change.</summary>
/// <param name="state">The state.</param>
/// <param name="change">The change.</param>
internal sealed class NameView(IStateReader state, NameChange change)
{
    private readonly Dictionary<string, IReadOnlyList<EndpointRow>> _members = [];

    /// <summary>The endpoints in the state, without a change.</summary>
    public NameView(IStateReader state)
        : this(state, new NameChange()) { }

    /// <summary>The endpoints on a network.</summary>
    public IReadOnlyList<EndpointRow> Members(string networkId) =>
        _members.TryGetValue(networkId, out IReadOnlyList<EndpointRow>? members)
            ? members
            : _members[networkId] = Changed(state.Endpoints(networkId: networkId), endpoint => endpoint.NetworkId == networkId);

    /// <summary>The endpoints of a container.</summary>
    public IReadOnlyList<EndpointRow> EndpointsOf(string containerId) =>
        [
            .. Changed(state.Endpoints(containerId: containerId), endpoint => endpoint.ContainerId == containerId)
                .OrderBy(static endpoint => endpoint.InterfaceName, StringComparer.Ordinal),
        ];

    /// <summary>The containers on some networks, with their endpoints there.</summary>
    public IEnumerable<ContainerRow> On(IEnumerable<string> networkIds) =>
        networkIds
            .SelectMany(Members)
            .GroupBy(static endpoint => endpoint.ContainerId)
            .Select(static endpoints => new ContainerRow
            {
                Name = endpoints.First().ContainerName,
                Id = endpoints.Key,
                Created = default,
                NetNSPath = "",
                Endpoints = [.. endpoints],
            });

    private IReadOnlyList<EndpointRow> Changed(IReadOnlyList<EndpointRow> rows, Func<EndpointRow, bool> concerns) =>
        [
            .. rows.ExceptBy(
                    change.Gone.Concat(change.Added).Select(static endpoint => endpoint.EndpointId),
                    static endpoint => endpoint.EndpointId
                )
                .Select(endpoint =>
                    change.Renamed is { } renamed && endpoint.ContainerId == renamed.Id
                        ? endpoint with
                        {
                            ContainerName = renamed.Name,
                        }
                        : endpoint
                ),
            .. change.Added.Where(concerns),
        ];
}
