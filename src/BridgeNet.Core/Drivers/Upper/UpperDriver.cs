using System.Net;
using System.Net.Sockets;
using BridgeNet.Desired;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Upper;

/// <summary>
/// A driver whose endpoints are interfaces on a link of the host, the parent: they are on its network, and the host is not. The host has no
/// rules for them.
/// </summary>
internal abstract class UpperDriver : INetworkDriver
{
    /// <summary>Docker's key for the parent, which both drivers have.</summary>
    protected static DriverOption ParentOption { get; } =
        new(
            NetworkOptions.Parent,
            static value => LinkRules.IsName(value) ? null : "is not an interface name: 1 to 15 letters, digits, '_', '-' and '.'",
            IsLive: false
        );

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public DriverCapabilities Capabilities => DriverCapabilities.CanBeCreated;

    /// <inheritdoc/>
    public abstract IReadOnlyList<DriverOption> Options { get; }

    /// <inheritdoc/>
    public abstract string InterfaceKind { get; }

    /// <summary>What the name of the link under a network without a parent begins with; Docker's.</summary>
    protected abstract string LowerPrefix { get; }

    /// <summary>The interfaces of a network with some options.</summary>
    protected abstract UpperKind Kind(IReadOnlyDictionary<string, string> options);

    /// <inheritdoc/>
    public virtual (int Count, string Reason)? MaxEndpoints(NetworkRow network) => null;

    /// <inheritdoc/>
    public virtual bool HasGateway(IReadOnlyDictionary<string, string> options, AddressFamily family) => true;

    /// <inheritdoc/>
    public abstract bool SharesMac(NetworkRow network);

    /// <summary>Nothing outside a network without a parent knows its subnet.</summary>
    public bool OwnsSubnets(IReadOnlyDictionary<string, string> options) => UpperObjects.Parent(options) is null;

    /// <inheritdoc/>
    public UpperKind OnParent(NetworkRow network) => Kind(network.Options);

    /// <inheritdoc/>
    public void Check(NetworkRequest request, IHostView host, ICollection<Problem> problems) =>
        new ParentChoice(Kind(request.Options), host, problems).Check(request.Name, request.Options, request.Internal);

    /// <inheritdoc/>
    public void CheckOptions(IReadOnlyDictionary<string, string> options, bool isInternal, ICollection<Problem> problems, string target) =>
        HostAccess.Check(options, Kind(options), isInternal, problems, target);

    /// <inheritdoc/>
    public NetworkRow Choose(NetworkRow network, IHostView host) =>
        HostAccess.Choose(ParentChoice.Choose(network, host), OnParent(network), host);

    /// <inheritdoc/>
    public NetworkRow Change(NetworkRow before, NetworkRow after, IHostView host, ICollection<Problem> problems)
    {
        // A missing parent is no reason to refuse other settings.
        if (before.Mtu != after.Mtu || before.Internal != after.Internal)
            new ParentChoice(Kind(after.Options), host, problems).Check(after.Name, after.Options, after.Internal);
        return after;
    }

    /// <inheritdoc/>
    public string? WhyInvalid(NetworkRow network) => ParentChoice.WhyInvalid(network) ?? HostAccess.WhyInvalid(network, OnParent(network));

    /// <inheritdoc/>
    public bool IsHostEnd(string name) => name.Length == 0;

    /// <inheritdoc/>
    public string HostEnd(string endpointId) => "";

    /// <inheritdoc/>
    public NetworkRow Place(NetworkRow network, IHostView host, ICollection<Problem> problems)
    {
        new ParentChoice(OnParent(network), host, problems).Check(network.Name, network.Options, network.Internal);
        return Choose(network, host);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Advice(NetworkRow network, IHostView host) =>
        !SharesMac(network) && UpperObjects.Parent(network.Options) is { } parent && host.IsWireless(VlanName.Parse(parent)?.Link ?? parent)
            ?
            [
                $"The interface {parent} is wireless: access points accept only frames with its own MAC address (IEEE 802.11), and those of the containers of network '{network.Name}' have others. A network of driver 'ipvlan' works there.",
            ]
            : [];

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Shared(NetworkRow network) =>
        network.CreatedParent ? UpperObjects.Vlan(network, Lower(network), OnParent(network)) : [];

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, IReadOnlyList<PortRow> ports) =>
        [.. UpperObjects.Of(network, Lower(network), OnParent(network)), .. HostAccess.Objects(network, Lower(network), OnParent(network))];

    /// <inheritdoc/>
    public IEnumerable<(IPAddress Address, int PrefixLength)> HostAddresses(NetworkRow network) => HostAccess.Addresses(network);

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place) =>
        [
            .. UpperObjects.Of(network, endpoint, place, Lower(network), OnParent(network)),
            .. HostAccess.Routes(network, endpoint, OnParent(network)),
        ];

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Expects(NetworkRow network, EndpointRow endpoint, Place place) =>
        DesiredEndpoint.Expected(endpoint, place, LinkMark.Inside(endpoint), UpperLink.KeyOf(place, endpoint.InterfaceName));

    /// <summary>The mark of the link under the interfaces of a network.</summary>
    private LinkMark Lower(NetworkRow network) => UpperObjects.Lower(network, LowerPrefix);
}
