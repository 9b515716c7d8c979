using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers;

/// <summary>
/// A kind of networks. Pure: a driver computes the desired state from rows and from what it reads about the host, and changes nothing.
/// Everything else (creating, changing, comparing, repairing, removing, dry runs, documents) follows from the desired state.
/// </summary>
internal interface INetworkDriver
{
    /// <summary>The name of the driver in requests.</summary>
    string Name { get; }

    /// <summary>The description for users.</summary>
    string Description { get; }

    /// <summary>What its networks can do.</summary>
    DriverCapabilities Capabilities { get; }

    /// <summary>Its options.</summary>
    IReadOnlyList<DriverOption> Options => [];

    /// <summary>The kernel's kind of the interfaces inside containers.</summary>
    string InterfaceKind => "veth";

    /// <summary>
    /// How many endpoints a network can have, and why, as the end of a sentence after "which is"; null without a limit.
    /// </summary>
    (int Count, string Reason)? MaxEndpoints(NetworkRow network) => null;

    /// <summary>
    /// Whether the subnets of a network belong to this host: they are chosen if none is requested, and must not overlap the host's prefixes.
    /// </summary>
    bool OwnsSubnets(IReadOnlyDictionary<string, string> options) => Capabilities.HasFlag(DriverCapabilities.OwnsSubnets);

    /// <summary>Whether the endpoints of a network have the MAC address of a link of the host, not their own.</summary>
    bool SharesMac(NetworkRow network) => false;

    /// <summary>
    /// Whether the endpoints reach what is outside the network through a gateway. If not, and the network is not internal, they need none:
    /// their interfaces lead there.
    /// </summary>
    bool HasGateway(IReadOnlyDictionary<string, string> options, AddressFamily family) => true;

    /// <summary>
    /// The interfaces that the endpoints of a network have on a link of the host, its parent, which several networks can share; null for
    /// other drivers.
    /// </summary>
    UpperKind? OnParent(NetworkRow network) => null;

    // Requests, and the choice of rows.

    /// <summary>Adds problems of a request, except those of single option values.</summary>
    void Check(NetworkRequest request, IHostView host, ICollection<Problem> problems) { }

    /// <summary>Adds problems with combinations of options, whatever their source: a request, a change or a document.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isInternal">Whether the network is internal.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="target">The name of the network.</param>
    void CheckOptions(IReadOnlyDictionary<string, string> options, bool isInternal, ICollection<Problem> problems, string target) { }

    /// <summary>
    /// The network with everything that this driver chooses, such as names of links and the MTU; its subnets are already chosen.
    /// </summary>
    NetworkRow Choose(NetworkRow network, IHostView host) => network;

    /// <summary>
    /// An existing link that the network would adopt according to its options, so that its addresses are no conflict; null for none.
    /// </summary>
    Link? FindAdoptable(IReadOnlyDictionary<string, string> options, IHostView host) => null;

    /// <summary>The network after its settings were changed; adds problems with settings that cannot be changed.</summary>
    NetworkRow Change(NetworkRow before, NetworkRow after, IHostView host, ICollection<Problem> problems) => after;

    /// <summary>Why a row is invalid for this driver; null if it is valid.</summary>
    string? WhyInvalid(NetworkRow network) => null;

    /// <summary>Whether a text is a valid name for the host's end of an endpoint.</summary>
    bool IsHostEnd(string name);

    /// <summary>The name of an endpoint's host end, derived from its id; empty if it has none.</summary>
    string HostEnd(string endpointId);

    /// <summary>A network of a document, adapted to this host; adds problems with conflicts.</summary>
    NetworkRow Place(NetworkRow network, IHostView host, ICollection<Problem> problems) => network;

    /// <summary>Why no container can be connected to a network; null if containers can.</summary>
    string? WhyUnconnectable(NetworkRow network) => null;

    /// <summary>
    /// If the owner of an adopted link created it again since the last boot: the network's row with that link; otherwise null.
    /// </summary>
    (NetworkRow Network, Absence What)? Follow(NetworkRow network, IHostView host) => null;

    /// <summary>What a user should know about a network that is possible, but does perhaps not do what they expect.</summary>
    IEnumerable<string> Advice(NetworkRow network, IHostView host) => [];

    // The desired state.

    /// <summary>The links, addresses and settings of a network, without endpoints and rules.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">The published ports of its endpoints.</param>
    IEnumerable<KernelObject> Objects(NetworkRow network, IReadOnlyList<PortRow> ports) => [];

    /// <summary>Further expected properties: a new network has them by default, and a repair restores them.</summary>
    IEnumerable<KernelObject> Expects(NetworkRow network, IReadOnlyList<PortRow> ports) => [];

    /// <summary>
    /// Those of a network's objects that other networks can have too: they are created with the first of them, and removed with the last.
    /// </summary>
    IEnumerable<KernelObject> Shared(NetworkRow network) => [];

    /// <summary>The objects without the network, for those that exist before and after it.</summary>
    IEnumerable<KernelObject> Without(NetworkRow network) => [];

    /// <summary>The host's forwarding settings that a network needs.</summary>
    IEnumerable<HostSetting> Forwarding(NetworkRow network) => [];

    /// <summary>The mark of the host's interface on the network; null if it has none.</summary>
    LinkMark? HostInterface(NetworkRow network) => null;

    /// <summary>The host's addresses on the network.</summary>
    IEnumerable<(IPAddress Address, int PrefixLength)> HostAddresses(NetworkRow network) => [];

    /// <summary>The links, addresses and settings of an endpoint.</summary>
    IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place);

    /// <inheritdoc cref="Expects(NetworkRow, IReadOnlyList{PortRow})"/>
    IEnumerable<KernelObject> Expects(NetworkRow network, EndpointRow endpoint, Place place) => [];

    /// <summary>The firewall data of a network, without senders; null if it has no rules.</summary>
    FirewallNetwork? Rules(NetworkRow network, IEnumerable<FirewallPort> ports) => null;
}

/// <summary>What networks of a driver can do.</summary>
[Flags]
internal enum DriverCapabilities
{
    /// <summary>Nothing: they have no kernel objects.</summary>
    None = 0,

    /// <summary>Their subnets belong to this host.</summary>
    OwnsSubnets = 1,

    /// <summary>The host has an interface on them, and forwards for them.</summary>
    HasHostInterface = 2,

    /// <summary>Ports of their endpoints can be published at addresses of the host.</summary>
    PublishesPorts = 4,

    /// <summary>Users can create them.</summary>
    CanBeCreated = 8,
}
