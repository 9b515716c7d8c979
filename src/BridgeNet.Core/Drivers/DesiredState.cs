using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drivers;

/// <summary>The desired state of the kernel, computed only from rows and drivers.</summary>
/// <param name="drivers">The drivers.</param>
internal sealed class DesiredState(NetworkDrivers drivers)
{
    /// <summary>The drivers.</summary>
    public NetworkDrivers Drivers => drivers;

    /// <summary>All objects except rules.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="other">The rows on the other side of the change: they give the previous properties of adopted bridges.</param>
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

    /// <summary>The objects of an endpoint.</summary>
    public IEnumerable<KernelObject> Objects(EndpointSlice of) =>
        drivers.Of(of.Network).Objects(of.Network, of.Endpoint, Place.Of(of.Container));

    /// <summary>The rules, with the endpoints of the change as senders.</summary>
    public IEnumerable<FirewallNetwork> Rules(StateSlice slice)
    {
        ILookup<string, EndpointRow> endpoints = slice.Endpoints.ToLookup(static of => of.Network.Id, static of => of.Endpoint);
        return slice.Networks.Select(of => Rules(of.Network, DesiredPorts.Of(of.All), endpoints[of.Network.Id])).OfType<FirewallNetwork>();
    }

    /// <summary>The rules of a network; null if it has none.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">Its published ports.</param>
    /// <param name="senders">Its endpoints, which are used with anti-spoofing.</param>
    public FirewallNetwork? Rules(NetworkRow network, IEnumerable<FirewallPort> ports, IEnumerable<EndpointRow> senders) =>
        drivers.Of(network).Rules(network, ports) is { } rules ? rules with { Senders = DesiredPorts.Senders(network, senders) } : null;

    /// <summary>The rules of a network without endpoints; null if it has none.</summary>
    public FirewallNetwork? Rules(NetworkRow network) => drivers.Of(network).Rules(network, []);
}
