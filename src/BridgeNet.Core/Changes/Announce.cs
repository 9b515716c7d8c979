using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Probes;

namespace BridgeNet.Changes;

/// <summary>Tells neighbours whose an endpoint's addresses are now: those that knew the last holder would go on sending to that.</summary>
/// <param name="Port">By what the bridge port is known that its frames go through; null where there is none.</param>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Place">Its container.</param>
internal sealed record Announce(LinkMark? Port, EndpointRow Endpoint, Place Place) : Operation
{
    /// <summary>How long a new bridge port may take until it forwards: the kernel does that in a worker of its own, within a millisecond on an idle machine.</summary>
    private static readonly TimeSpan s_forwarding = TimeSpan.FromMilliseconds(500);

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
        if (Port is null || effects.Kernel.Host.WaitForForwarding(effects.Kernel.IndexOf(Place.Host, Port), s_forwarding))
            Announcement.Announce(
                effects.Kernel.Space(Place),
                Endpoint.InterfaceName,
                Endpoint.MacAddress,
                DesiredEndpoint.Addresses(Endpoint).Select(static address => address.Address)
            );
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }
}
