using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Netlink;

namespace BridgeNet.Kernel.Tests.Drivers;

/// <summary>A driver as somebody else would write one: an unmanaged switch. The host is not on it, and no rules are for it.</summary>
internal sealed class SwitchDriver : INetworkDriver
{
    /// <inheritdoc/>
    public string Name => "switch";

    /// <inheritdoc/>
    public string Description => "A switch without the host";

    /// <inheritdoc/>
    public DriverCapabilities Capabilities => DriverCapabilities.CanBeCreated;

    /// <inheritdoc/>
    public IReadOnlyList<DriverOption> Options { get; } = [DriverOption.Flag("switch.isolated", isLive: true)];

    /// <inheritdoc/>
    public (int Count, string Reason)? MaxEndpoints(NetworkRow network) => (4, "one for each of its ports");

    /// <inheritdoc/>
    public NetworkRow Choose(NetworkRow network, IHostView host) =>
        network with
        {
            Mtu = NetworkOptions.MtuOf(network.Options) is > 0 and int mtu ? mtu : 1500,
        };

    /// <inheritdoc/>
    public string? WhyInvalid(NetworkRow network) => network.Mtu >= 68 ? null : $"Network '{network.Name}' is not one of a switch.";

    /// <inheritdoc/>
    public bool IsHostEnd(string name) => name.StartsWith("sw", StringComparison.Ordinal) && name.Length == 9;

    /// <inheritdoc/>
    public string HostEnd(string endpointId) => $"sw{endpointId[..7]}";

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, IReadOnlyList<PortRow> ports)
    {
        LinkMark mark = Mark(network);
        yield return new BridgeLink(mark, network.Mtu, 0);
        yield return new LinkSettings(Place.Host, mark, "settings", [new Setting($"net/ipv6/conf/{mark.Name}/disable_ipv6", "1")]);
        yield return new LinkUp(Place.Host, mark);
    }

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place)
    {
        LinkMark mark = LinkMark.Of(endpoint),
            inside = LinkMark.Inside(endpoint);
        yield return new VethLink(mark, Mark(network), network.Mtu, 0, place, inside);
        yield return new BridgePortFlags(
            mark,
            PortFlags.Default with
            {
                Isolated = NetworkOptions.Flag(network.Options, "switch.isolated", otherwise: false),
            }
        );
        foreach (KernelObject one in DesiredEndpoint.Objects(endpoint, place, inside, mark.LinkKey))
            yield return one;
    }

    private static LinkMark Mark(NetworkRow network) =>
        new(
            $"swit-{network.Id[..8]}",
            "bridge",
            MacAddress.Parse($"02:aa:{network.Id[..2]}:{network.Id[2..4]}:{network.Id[4..6]}:{network.Id[6..8]}"),
            $"bridgenet network {network.Name}"
        )
        {
            Owner = network.Name,
        };
}
