using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;

namespace BridgeNet.Changes;

/// <summary>
/// Announces an endpoint's addresses to its neighbours: those that knew a previous owner would keep sending to its MAC address.
/// </summary>
/// <param name="Port">Identifies the bridge port that the frames pass; null if there is none.</param>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Place">Its container.</param>
internal sealed record Announce(LinkMark? Port, EndpointRow Endpoint, Place Place) : Operation
{
    /// <summary>
    /// How long a new bridge port may take until it forwards: a kernel worker does this, within a millisecond on an idle machine.
    /// </summary>
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
        // The address of a parent is that of the interface now.
        if ((Endpoint.MacAddress ?? effects.Kernel.Find(Place, LinkMark.Inside(Endpoint))?.Mac) is not { } mac)
            return;
        // The bridge would drop frames that are sent before.
        if (Port is not null && !effects.Kernel.Host.WaitForForwarding(effects.Kernel.IndexOf(Place.Host, Port), s_forwarding))
            return;
        try
        {
            effects.Machine.Announce(
                effects.Kernel.Space(Place),
                Endpoint.InterfaceName,
                mac,
                DesiredEndpoint.Addresses(Endpoint).Select(static address => address.Address)
            );
        }
        catch (NativeException failure)
        {
            // No reason to undo the change: neighbours ask again themselves.
            effects.Warn(
                $"Neighbours could not be notified of the Ethernet address of container '{Endpoint.ContainerName}' ({failure.Message.TrimEnd('.')}); those that know an earlier holder of its address may need half a minute to find it."
            );
        }
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }
}
