using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Tells neighbours whose an endpoint's addresses are now: those that knew the last holder would go on sending to that.</summary>
/// <param name="Port">By what the host's end is known.</param>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Place">Its container.</param>
internal sealed record Announce(LinkMark Port, EndpointRow Endpoint, Place Place) : Operation
{
    /// <summary>How long a new bridge port may take until it forwards: the kernel does that in a worker of its own, within a millisecond on an idle machine.</summary>
    private static readonly TimeSpan s_forwarding = TimeSpan.FromMilliseconds(500);

    /// <summary>That of an endpoint.</summary>
    public static Announce Of(EndpointSlice of) => new(LinkMark.Of(of.Endpoint), of.Endpoint, Place.Of(of.Container));

    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <inheritdoc/>
    public override bool IsCovered => true;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => [];

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        // Frames sent sooner would be lost in the bridge.
        if (effects.Kernel.Host.WaitForForwarding(effects.Kernel.IndexOf(Place.Host, Port), s_forwarding))
            Announcement.Announce(effects.Kernel.Space(Place), Endpoint.InterfaceName, Endpoint.MacAddress, DesiredEndpoint.Addresses(Endpoint).Select(static address => address.Address));
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
    }
}

/// <summary>
/// Ends what was believed of false senders before they were checked: what the bridge has learned, and what the host and the
/// containers hold of each other's addresses, which would send to the wrong one for as long as it is used.
/// </summary>
/// <param name="Network">The network.</param>
/// <param name="Endpoints">Its endpoints.</param>
internal sealed record ForgetSenders(NetworkRow Network, IReadOnlyList<EndpointSlice> Endpoints) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Endpoints.Select(of => $"bridge fdb flush dev {Network.BridgeName} brport {of.Endpoint.HostInterface} dynamic");

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        RtnetlinkConnection links = effects.Kernel.Host;
        HashSet<int> ports = [.. Endpoints.Select(of => effects.Kernel.Find(Place.Host, LinkMark.Of(of.Endpoint))).OfType<Link>().Select(static port => port.Index)];
        foreach (ForwardingEntry entry in links.GetForwarding().Where(entry => ports.Contains(entry.LinkIndex) && !entry.IsStatic))
            links.RemoveForwarding(entry.LinkIndex, entry.Mac);
        TellWhoIsWho(effects.Kernel);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects)
    {
    }

    /// <summary>That of a network with all of its endpoints.</summary>
    public static ForgetSenders Of(IStateReader state, NetworkRow network) =>
        new(network, [.. state.Endpoints(networkId: network.Id).Select(endpoint => new EndpointSlice(endpoint, network, state.FindContainerById(endpoint.ContainerId)!))]);

    /// <summary>Tells all on the network which address is whose: the host's, and each container's.</summary>
    public void TellWhoIsWho(KernelAccess kernel)
    {
        if (kernel.Find(Place.Host, LinkMark.Of(Network)) is { Mac: { } mac } bridge)
            Announcement.Announce(null, bridge.Name, mac, DesiredBridge.Addresses(Network).Select(static address => address.Address), isRouter: true);
        foreach ((EndpointRow endpoint, _, ContainerRow container) in Endpoints)
        {
            if (kernel.Find(Place.Of(container), LinkMark.Inside(endpoint)) is { } inside)
                Announcement.Announce(kernel.Space(Place.Of(container)), inside.Name, endpoint.MacAddress, DesiredEndpoint.Sources(endpoint));
        }
    }
}
