using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers;

/// <summary>What the kernel should have, by the rows of the state and what the drivers make of them, and nothing else.</summary>
/// <param name="drivers">The drivers.</param>
internal sealed class DesiredState(NetworkDrivers drivers)
{
    /// <summary>The drivers.</summary>
    public NetworkDrivers Drivers => drivers;

    /// <summary>Everything but rules.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="other">The rows of the other side of the change: of a bridge that was there before its network, how it is without.</param>
    public IEnumerable<KernelObject> Objects(StateSlice slice, StateSlice other) =>
        [
            .. slice.Spaces.Select(static container => new KeptNamespace(Place.Of(container))),
            .. slice.Networks.SelectMany(of => drivers.Of(of.Network).Objects(of.Network, of.Ports)),
            .. other
                .Networks.Where(of => slice.Networks.All(here => here.Network.Id != of.Network.Id))
                .SelectMany(of => drivers.Of(of.Network).Without(of.Network)),
            .. slice.Forwarding,
            .. slice.Endpoints.SelectMany(Objects),
            .. slice.Containers.SelectMany(static container => DesiredEndpoint.Routes(Place.Of(container), container.Endpoints)),
        ];

    /// <summary>The two ends of an endpoint and all that is on them.</summary>
    public IEnumerable<KernelObject> Objects(EndpointSlice of) =>
        drivers.Of(of.Network).Objects(of.Network, of.Endpoint, Place.Of(of.Container));

    /// <summary>The rules, with those endpoints as senders that the change concerns.</summary>
    public IEnumerable<FirewallNetwork> Rules(StateSlice slice)
    {
        ILookup<string, EndpointRow> endpoints = slice.Endpoints.ToLookup(static of => of.Network.Id, static of => of.Endpoint);
        return slice.Networks.Select(of => Rules(of.Network, DesiredPorts.Of(of.All), endpoints[of.Network.Id])).OfType<FirewallNetwork>();
    }

    /// <summary>The rules of a network; null where it has none.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">What is published of it.</param>
    /// <param name="senders">Its endpoints, where it asks who sends.</param>
    public FirewallNetwork? Rules(NetworkRow network, IEnumerable<FirewallPort> ports, IEnumerable<EndpointRow> senders) =>
        drivers.Of(network).Rules(network, ports) is { } rules ? rules with { Senders = DesiredPorts.Senders(network, senders) } : null;

    /// <summary>The rules of a network with nobody on it; null where it has none.</summary>
    public FirewallNetwork? Rules(NetworkRow network) => drivers.Of(network).Rules(network, []);
}
