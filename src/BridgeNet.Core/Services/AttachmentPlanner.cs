using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Chooses everything of a container's attachment to a network, which comes with its first endpoint where it is the default one.</summary>
/// <param name="networks">Chooses networks.</param>
/// <param name="endpoints">Chooses endpoints.</param>
internal sealed class AttachmentPlanner(NetworkPlanner networks, EndpointPlanner endpoints)
{
    /// <summary>The network by name; the default one is chosen where nobody used it yet.</summary>
    public (NetworkRow Network, bool IsNew) FindOrChooseNetwork(IStateReader state, string name)
    {
        NetworkRow network = StateLookup.FindNetwork(state, name);
        return network.Name == NetworkPlanner.Default && state.FindNetworkById(network.Id) is null
            ? (networks.PlanDefault(state), true)
            : (network, false);
    }

    /// <summary>The attachment, with the rows that it changes.</summary>
    /// <param name="state">The state.</param>
    /// <param name="network">The network.</param>
    /// <param name="isNew">Whether the network comes with it.</param>
    /// <param name="container">The container, with the endpoints that it has.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="inside">The names of the interfaces that the container has.</param>
    /// <param name="context">Who hears of warnings.</param>
    public Attachment Plan(
        IStateReader state,
        NetworkRow network,
        bool isNew,
        ContainerRow container,
        EndpointRequest request,
        IReadOnlySet<string> inside,
        ChangeContext context
    )
    {
        IReadOnlyList<EndpointRow> others = isNew ? [] : state.Endpoints(networkId: network.Id);
        EndpointRow endpoint = endpoints.Plan(state, network, others, container, request, inside, context);
        StateSlice before = new() { Networks = isNew ? [] : [new(network, others)], Containers = [container] };
        StateSlice after = new()
        {
            Networks = [new(network, [.. others, endpoint])],
            Endpoints = [new(endpoint, network, container)],
            Containers = [container with { Endpoints = [.. container.Endpoints, endpoint] }],
            Forwarding = isNew ? networks.Forwarding(network, context.Warning) : [],
        };
        return new Attachment(endpoint, container, request, isNew ? network : null, before, after);
    }
}

/// <summary>A container's attachment to a network.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Container">Its container.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="NewNetwork">The network, where it comes with it.</param>
/// <param name="Before">The rows that it changes.</param>
/// <param name="After">The rows as they are to be.</param>
internal sealed record Attachment(
    EndpointRow Endpoint,
    ContainerRow Container,
    EndpointRequest Request,
    NetworkRow? NewNetwork,
    StateSlice Before,
    StateSlice After
)
{
    /// <summary>Writes the rows.</summary>
    /// <param name="state">The state.</param>
    /// <param name="container">The container, with the identity of its namespace.</param>
    public void Record(IStateTransaction state, ContainerRow container)
    {
        if (NewNetwork is not null)
            state.Put(NewNetwork);
        if (state.FindContainerById(container.Id) is null)
            state.Put(container);
        state.Put(Endpoint);
        if (
            !Request.RestoresEndpoint
            && (Request.IPAddress is not null || Request.IPv6Address is not null || Request.MacAddress is not null)
        )
        {
            state.Put(
                new Reservation(
                    Endpoint.NetworkId,
                    Endpoint.ContainerId,
                    Request.IPAddress is null ? null : Endpoint.IPAddress,
                    Request.IPv6Address is null ? null : Endpoint.IPv6Address,
                    Request.MacAddress is null ? null : Endpoint.MacAddress
                )
            );
        }
        NetworkRow network = state.FindNetworkById(Endpoint.NetworkId)!;
        foreach (AddressFamily family in AddressNumber.Families)
        {
            bool chosen = (family == AddressFamily.InterNetwork ? Request.IPAddress : Request.IPv6Address) is null;
            if (chosen && Endpoint.Address(family) is { } address)
                state.PutLastAddress(network.Id, network.Config(family)!.Subnet, address);
        }
    }
}
