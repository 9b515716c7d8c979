using System.Net.Sockets;
using BridgeNet.Drivers.Upper;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Ipvlan;

/// <summary>
/// Docker's <c>ipvlan</c> (moby: daemon/libnetwork/drivers/ipvlan): the endpoints share the MAC address of a host's interface, and are found
/// by their IP addresses: on its segment (l2), or by routes to the host (l3, l3s).
/// </summary>
internal sealed class IpvlanDriver : UpperDriver
{
    private static readonly IpvlanMode[] s_modes = [IpvlanMode.L2, IpvlanMode.L3, IpvlanMode.L3S];

    private static readonly IpvlanFlag[] s_flags = [IpvlanFlag.Bridge, IpvlanFlag.Private, IpvlanFlag.Vepa];

    /// <inheritdoc/>
    public override string Name => "ipvlan";

    /// <inheritdoc/>
    public override string Description => "The network of an interface of this host, all containers with its MAC address";

    /// <summary>Parent, mode and flag are those of every interface on the network.</summary>
    public override IReadOnlyList<DriverOption> Options { get; } =
    [
        ParentOption,
        DriverOption.Choice(NetworkOptions.IpvlanMode, s_modes, Rtnetlink.Ipvlan.NameOf),
        DriverOption.Choice(NetworkOptions.IpvlanFlag, s_flags, Rtnetlink.Ipvlan.NameOf),
        HostAccess.Option,
    ];

    /// <inheritdoc/>
    public override string InterfaceKind => Rtnetlink.Ipvlan.KindName;

    /// <inheritdoc/>
    protected override string LowerPrefix => "di-";

    /// <inheritdoc/>
    public override bool SharesMac(NetworkRow network) => true;

    /// <summary>In the modes l3 and l3s, the host's routes lead on: an interface sends everything to its parent, without a gateway.</summary>
    public override bool HasGateway(IReadOnlyDictionary<string, string> options, AddressFamily family) => Mode(options) == IpvlanMode.L2;

    /// <inheritdoc/>
    protected override UpperKind Kind(IReadOnlyDictionary<string, string> options) =>
        new Rtnetlink.Ipvlan(Mode(options), DriverOption.Chosen(options, NetworkOptions.IpvlanFlag, s_flags, Rtnetlink.Ipvlan.NameOf));

    private static IpvlanMode Mode(IReadOnlyDictionary<string, string> options) =>
        DriverOption.Chosen(options, NetworkOptions.IpvlanMode, s_modes, Rtnetlink.Ipvlan.NameOf);
}
