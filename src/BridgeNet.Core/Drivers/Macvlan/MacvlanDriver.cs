using BridgeNet.Drivers.Upper;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Macvlan;

/// <summary>
/// Docker's <c>macvlan</c> (moby: daemon/libnetwork/drivers/macvlan): each endpoint is a neighbour on the network of a host's interface,
/// with a MAC address of its own.
/// </summary>
internal sealed class MacvlanDriver : UpperDriver
{
    /// <summary>Docker's modes. The kernel's fifth, source, needs a list of senders.</summary>
    private static readonly MacvlanMode[] s_modes = [MacvlanMode.Bridge, MacvlanMode.Private, MacvlanMode.Vepa, MacvlanMode.Passthru];

    /// <inheritdoc/>
    public override string Name => "macvlan";

    /// <inheritdoc/>
    public override string Description => "The network of an interface of this host, each container with its own MAC address";

    /// <summary>The parent and the mode are those of every interface on the network.</summary>
    public override IReadOnlyList<DriverOption> Options { get; } =
    [ParentOption, DriverOption.Choice(NetworkOptions.MacvlanMode, s_modes, Rtnetlink.Macvlan.NameOf), HostAccess.Option];

    /// <inheritdoc/>
    public override string InterfaceKind => Rtnetlink.Macvlan.KindName;

    /// <inheritdoc/>
    protected override string LowerPrefix => "dm-";

    /// <inheritdoc/>
    public override (int Count, string Reason)? MaxEndpoints(NetworkRow network) =>
        SharesMac(network) ? (1, "all that the mode 'passthru' has room for") : null;

    /// <summary>With passthru, the interface has the MAC address of its parent (drivers/net/macvlan.c: macvlan_common_newlink).</summary>
    public override bool SharesMac(NetworkRow network) => Mode(network.Options) == MacvlanMode.Passthru;

    /// <inheritdoc/>
    protected override UpperKind Kind(IReadOnlyDictionary<string, string> options) => new Rtnetlink.Macvlan(Mode(options));

    private static MacvlanMode Mode(IReadOnlyDictionary<string, string> options) =>
        DriverOption.Chosen(options, NetworkOptions.MacvlanMode, s_modes, Rtnetlink.Macvlan.NameOf);
}
