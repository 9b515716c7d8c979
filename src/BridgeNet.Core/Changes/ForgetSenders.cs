using System.Net;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Ends what was believed of false senders before they were checked: what the bridge has learned, and what the host and the
/// containers hold of each other's addresses, which would send to the wrong one for as long as it is used.
/// </summary>
/// <param name="Host">By what the host's own interface on the network is known.</param>
/// <param name="HostAddresses">The host's addresses on it.</param>
/// <param name="Senders">Its endpoints.</param>
internal sealed record ForgetSenders(LinkMark Host, IReadOnlyList<IPAddress> HostAddresses, IReadOnlyList<KnownSender> Senders) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Senders.Select(of => $"bridge fdb flush dev {Host.Name} brport {of.Port.Name} dynamic");

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        RtnetlinkConnection links = effects.Kernel.Host;
        HashSet<int> ports =
        [
            .. Senders.Select(of => effects.Kernel.Find(Place.Host, of.Port)).OfType<Link>().Select(static port => port.Index),
        ];
        foreach (ForwardingEntry entry in links.GetForwarding().Where(entry => ports.Contains(entry.LinkIndex) && !entry.IsStatic))
            links.RemoveForwarding(entry.LinkIndex, entry.Mac);
        TellWhoIsWho(effects.Kernel);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }

    /// <summary>That of a network with endpoints.</summary>
    public static ForgetSenders Of(INetworkDriver driver, NetworkRow network, IEnumerable<EndpointSlice> endpoints) =>
        new(
            driver.HostInterface(network)!,
            [.. driver.HostAddresses(network).Select(static address => address.Address)],
            [
                .. endpoints.Select(static of => new KnownSender(
                    LinkMark.Of(of.Endpoint),
                    Place.Of(of.Container),
                    LinkMark.Inside(of.Endpoint),
                    of.Endpoint.MacAddress,
                    [.. DesiredEndpoint.Sources(of.Endpoint)]
                )),
            ]
        );

    /// <summary>That of a network with all of its endpoints.</summary>
    public static ForgetSenders Of(INetworkDriver driver, NetworkRow network, IStateReader state) =>
        Of(
            driver,
            network,
            state
                .Endpoints(networkId: network.Id)
                .Select(endpoint => new EndpointSlice(endpoint, network, state.FindContainerById(endpoint.ContainerId)!))
        );

    /// <summary>Announces to all on the network which address is whose: the host's, and each container's.</summary>
    public void TellWhoIsWho(KernelAccess kernel)
    {
        if (kernel.Find(Place.Host, Host) is { Mac: { } mac } bridge)
            Announcement.Announce(null, bridge.Name, mac, HostAddresses, isRouter: true);
        foreach (KnownSender sender in Senders)
        {
            if (kernel.Find(sender.Place, sender.Inside) is { } inside)
                Announcement.Announce(kernel.Space(sender.Place), inside.Name, sender.Mac, sender.Sources);
        }
    }
}

/// <summary>An endpoint whose frames are checked.</summary>
/// <param name="Port">By what its bridge port is known.</param>
/// <param name="Place">Its container.</param>
/// <param name="Inside">By what the interface inside is known.</param>
/// <param name="Mac">Its Ethernet address.</param>
/// <param name="Sources">The addresses that it sends from.</param>
internal sealed record KnownSender(LinkMark Port, Place Place, LinkMark Inside, MacAddress Mac, IReadOnlyList<IPAddress> Sources);
