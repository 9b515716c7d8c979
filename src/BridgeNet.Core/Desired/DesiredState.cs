using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Desired;

/// <summary>What the kernel should have, by the rows of the state and nothing else.</summary>
internal static class DesiredState
{
    /// <summary>Everything but rules.</summary>
    /// <param name="slice">The rows.</param>
    /// <param name="other">The rows of the other side of the change: of a bridge that was there before its network, how it is without.</param>
    public static IEnumerable<KernelObject> Objects(StateSlice slice, StateSlice other) =>
    [
        .. slice.Spaces.Select(static container => new KeptNamespace(Place.Of(container))),
        .. slice.Networks.SelectMany(static of => DesiredBridge.Objects(of.Network, of.All.SelectMany(static endpoint => endpoint.Ports))),
        .. other.Networks.Where(of => slice.Networks.All(here => here.Network.Id != of.Network.Id)).SelectMany(static of => DesiredBridge.Without(of.Network)),
        .. slice.Forwarding,
        .. slice.Endpoints.SelectMany(static of => DesiredEndpoint.Objects(of.Network, of.Endpoint, Place.Of(of.Container))),
        .. slice.Containers.SelectMany(static container => DesiredEndpoint.Routes(Place.Of(container), container.Endpoints)),
    ];

    /// <summary>The rules, with those endpoints as senders that the change concerns.</summary>
    public static IEnumerable<FirewallNetwork> Rules(StateSlice slice)
    {
        ILookup<string, EndpointRow> endpoints = slice.Endpoints.ToLookup(static of => of.Network.Id, static of => of.Endpoint);
        return slice.Networks.Select(of => DesiredRules.Of(of.Network, DesiredRules.Ports(of.All)) with { Senders = DesiredRules.Senders(of.Network, endpoints[of.Network.Id]) });
    }
}
