using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Plans the attachment of a container to a network; the default network is created with its first endpoint.</summary>
/// <param name="networks">Plans the default network.</param>
/// <param name="forwarding">Plans the host settings of networks.</param>
/// <param name="endpoints">Plans endpoints.</param>
internal sealed class AttachmentPlanner(NetworkPlanner networks, ForwardingPlanner forwarding, EndpointPlanner endpoints)
{
    /// <summary>Finds a network by name; the default network is planned if it does not exist yet.</summary>
    public (NetworkRow Network, bool IsNew) FindOrChooseNetwork(IStateReader state, string name)
    {
        NetworkRow network = StateLookup.FindNetwork(state, name);
        return network.Name == NetworkPlanner.Default && state.FindNetworkById(network.Id) is null
            ? (networks.PlanDefault(state), true)
            : (network, false);
    }

    /// <summary>Plans an attachment, with the rows that it changes.</summary>
    /// <param name="state">The state.</param>
    /// <param name="network">The network.</param>
    /// <param name="isNew">Whether the network is created with it.</param>
    /// <param name="container">The container, with its current endpoints.</param>
    /// <param name="request">The request.</param>
    /// <param name="inside">The names of the container's interfaces.</param>
    /// <param name="context">Receives warnings.</param>
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
            Forwarding = isNew ? forwarding.Plan(network, context.Warning) : [],
        };
        return new Attachment(endpoint, container, request, isNew ? network : null, before, after);
    }
}

/// <summary>A container's attachment to a network.</summary>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Container">Its container.</param>
/// <param name="Request">The request.</param>
/// <param name="NewNetwork">The network, if it is created with the attachment; otherwise null.</param>
/// <param name="Before">The rows before.</param>
/// <param name="After">The rows after.</param>
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
