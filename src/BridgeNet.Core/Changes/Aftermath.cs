using System.Net;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Changes;

/// <summary>
/// The effects of a change that cannot be undone: deleted conntrack entries, notified neighbours. Pure: rows in, operations out.
/// </summary>
/// <param name="desired">The desired rules and links.</param>
internal sealed class Aftermath(DesiredState desired)
{
    /// <summary>The operations that follow a change.</summary>
    public IEnumerable<Operation> Of(StateSlice before, StateSlice after)
    {
        Dictionary<string, EndpointSlice> was = before.Endpoints.ToDictionary(static of => of.Endpoint.EndpointId),
            will = after.Endpoints.ToDictionary(static of => of.Endpoint.EndpointId);
        NetworkRow[] gone =
        [
            .. before.Networks.Where(of => after.Networks.All(other => other.Network.Id != of.Network.Id)).Select(static of => of.Network),
        ];
        NetworkRow[] changed =
        [
            .. after
                .Networks.Where(of =>
                    before.Networks.Any(other => other.Network.Id == of.Network.Id && !IsAlike(other.Network, of.Network))
                )
                .Select(static of => of.Network),
        ];
        bool IsOf(NetworkRow[] networks, EndpointSlice of) => networks.Any(network => network.Id == of.Network.Id);

        foreach (
            NetworkRow network in changed.Where(network =>
                network.AntiSpoof && !before.Networks.Single(of => of.Network.Id == network.Id).Network.AntiSpoof
            )
        )
        {
            if (will.Values.Where(of => of.Network.Id == network.Id).ToArray() is { Length: > 0 } endpoints)
                yield return ForgetSenders.Of(desired.Drivers.Of(network), network, endpoints);
        }
        // Entries of removed networks are deleted below, all together. Entries of endpoints on networks with changed rules are deleted,
        // because open connections would continue although the new rules would not accept them.
        EndpointRow[] ended =
        [
            .. was.Values.Where(of => !will.ContainsKey(of.Endpoint.EndpointId) && !IsOf(gone, of)).Select(static of => of.Endpoint),
            .. will.Values.Where(of => was.ContainsKey(of.Endpoint.EndpointId) && IsOf(changed, of)).Select(static of => of.Endpoint),
        ];
        if (ended.Length > 0)
            yield return ForgetFlows.Of(ended);
        NetworkRow[] forwarded =
        [
            .. gone.Where(network =>
                network.IPAM.Config.Count > 0 && desired.Drivers.Of(network).Capabilities.HasFlag(DriverCapabilities.HasHostInterface)
            ),
        ];
        if (forwarded.Length > 0)
            yield return ForgetFlows.Of(forwarded);
        foreach (EndpointSlice of in will.Values.Where(of => was.ContainsKey(of.Endpoint.EndpointId) && !IsOf(changed, of)))
        {
            if (
                was[of.Endpoint.EndpointId].Endpoint.Ports.ExceptBy(of.Endpoint.Ports.Select(Opening), Opening).ToArray() is
                { Length: > 0 } closed
            )
                yield return ForgetFlows.Of(of.Endpoint, closed);
        }
        ForgetOwnFlows published = ForgetOwnFlows.Of(
            will.Values.SelectMany(of =>
                of.Endpoint.Ports.ExceptBy((was.GetValueOrDefault(of.Endpoint.EndpointId)?.Endpoint.Ports ?? []).Select(Opening), Opening)
            )
        );
        if (published.Ports.Count > 0)
            yield return published;
        foreach (EndpointSlice of in will.Values.Where(of => !was.ContainsKey(of.Endpoint.EndpointId)))
            yield return new Announce(desired.Objects(of).OfType<VethLink>().FirstOrDefault()?.Mark, of.Endpoint, Place.Of(of.Container));
    }

    // The name of the container does not matter.
    private static (string, IPAddress, int, int) Opening(PortRow port) =>
        (port.Protocol, port.HostAddress, port.HostPort, port.ContainerPort);

    /// <summary>Whether the rules of two networks are equal, except for their ports.</summary>
    private bool IsAlike(NetworkRow one, NetworkRow other) => Equals(desired.Rules(one), desired.Rules(other));
}
