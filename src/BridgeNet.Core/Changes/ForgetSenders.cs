using System.Net;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Deletes what was learned from spoofed packets before anti-spoofing was enabled: learned forwarding entries of the bridge, and the
/// neighbour entries of host and containers for each other's addresses, which stay wrong for as long as they are used.
/// </summary>
/// <param name="Host">Identifies the host's own interface on the network.</param>
/// <param name="HostAddresses">The host's addresses on the network.</param>
/// <param name="Senders">The endpoints of the network.</param>
internal sealed record ForgetSenders(LinkMark Host, IReadOnlyList<IPAddress> HostAddresses, IReadOnlyList<KnownSender> Senders) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Senders.Select(of => $"bridge fdb flush dev {Host.Name} brport {of.Port.Name} dynamic");

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        IRtnetlink links = effects.Kernel.Host;
        HashSet<int> ports =
        [
            .. Senders.Select(of => effects.Kernel.Find(Place.Host, of.Port)).OfType<Link>().Select(static port => port.Index),
        ];
        foreach (ForwardingEntry entry in links.GetForwarding().Where(entry => ports.Contains(entry.LinkIndex) && !entry.IsStatic))
            links.RemoveForwarding(entry.LinkIndex, entry.Mac);
        AnnounceOwners(effects);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }

    /// <summary>The operation for a network with endpoints.</summary>
    public static ForgetSenders Of(INetworkDriver driver, NetworkRow network, IEnumerable<EndpointSlice> endpoints) =>
        new(
            driver.HostInterface(network)!,
            [.. driver.HostAddresses(network).Select(static address => address.Address)],
            [
                .. endpoints.Select(static of => new KnownSender(
                    LinkMark.Of(of.Endpoint),
                    Place.Of(of.Container),
                    LinkMark.Inside(of.Endpoint),
                    of.Endpoint.MacAddress!.Value,
                    [.. DesiredEndpoint.Sources(of.Endpoint)]
                )),
            ]
        );

    /// <summary>The operation for a network with all of its endpoints.</summary>
    public static ForgetSenders Of(INetworkDriver driver, NetworkRow network, IStateReader state) =>
        Of(
            driver,
            network,
            state
                .Endpoints(networkId: network.Id)
                .Select(endpoint => new EndpointSlice(endpoint, network, state.FindContainerById(endpoint.ContainerId)!))
        );

    /// <summary>Announces the correct owner of each address to all endpoints: the host and each container.</summary>
    public void AnnounceOwners(Effects effects)
    {
        KernelAccess kernel = effects.Kernel;
        if (kernel.Find(Place.Host, Host) is { Mac: { } mac } bridge)
            effects.Machine.Announce(null, bridge.Name, mac, HostAddresses, isRouter: true);
        foreach (KnownSender sender in Senders)
        {
            if (kernel.Find(sender.Place, sender.Inside) is { } inside)
                effects.Machine.Announce(kernel.Space(sender.Place), inside.Name, sender.Mac, sender.Sources);
        }
    }
}

/// <summary>An endpoint with checked frames.</summary>
/// <param name="Port">Identifies its bridge port.</param>
/// <param name="Place">Its container.</param>
/// <param name="Inside">Identifies the interface inside.</param>
/// <param name="Mac">Its MAC address.</param>
/// <param name="Sources">Its source addresses.</param>
internal sealed record KnownSender(LinkMark Port, Place Place, LinkMark Inside, MacAddress Mac, IReadOnlyList<IPAddress> Sources);
