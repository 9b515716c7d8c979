using System.Net;
using System.Net.Sockets;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers.Bridge;

/// <summary>
/// Docker's <c>bridge</c>: a kernel bridge on the host, with the host's addresses and rules; a veth pair for each endpoint.
/// </summary>
internal sealed class BridgeDriver : INetworkDriver
{
    /// <inheritdoc/>
    public string Name => "bridge";

    /// <inheritdoc/>
    public string Description => "A bridge on this host, isolated from other networks";

    /// <inheritdoc/>
    public DriverCapabilities Capabilities =>
        DriverCapabilities.OwnsSubnets
        | DriverCapabilities.HasHostInterface
        | DriverCapabilities.PublishesPorts
        | DriverCapabilities.CanBeCreated;

    /// <inheritdoc/>
    public IReadOnlyList<DriverOption> Options => BridgeOptions.All;

    /// <summary>The kernel's BR_MAX_PORTS (net/bridge/br_private.h); port number 0 is not used.</summary>
    public (int Count, string Reason)? MaxEndpoints(NetworkRow network) => (1023, "the kernel's limit for a bridge");

    /// <inheritdoc/>
    public bool HasGateway(IReadOnlyDictionary<string, string> options, AddressFamily family) =>
        NetworkOptions.Mode(options, family) != GatewayMode.Isolated;

    /// <inheritdoc/>
    public void Check(NetworkRequest request, IHostView host, ICollection<Problem> problems) => BridgeChoice.Check(request, host, problems);

    /// <inheritdoc/>
    public void CheckOptions(IReadOnlyDictionary<string, string> options, bool isInternal, ICollection<Problem> problems, string target) =>
        BridgeOptions.Check(options, isInternal, problems, target);

    /// <inheritdoc/>
    public NetworkRow Choose(NetworkRow network, IHostView host) => BridgeChoice.Choose(network, host);

    /// <inheritdoc/>
    public Link? FindAdoptable(IReadOnlyDictionary<string, string> options, IHostView host) => BridgeChoice.FindAdoptable(options, host);

    /// <inheritdoc/>
    public NetworkRow Change(NetworkRow before, NetworkRow after, IHostView host, ICollection<Problem> problems) =>
        BridgeChoice.Change(before, after, host, problems);

    /// <inheritdoc/>
    public string? WhyInvalid(NetworkRow network) => BridgeChoice.WhyInvalid(network);

    /// <inheritdoc/>
    public bool IsHostEnd(string name) => BridgeChoice.IsHostEnd(name);

    /// <inheritdoc/>
    public string HostEnd(string endpointId) => $"veth{endpointId[..7]}";

    /// <inheritdoc/>
    public NetworkRow Place(NetworkRow network, IHostView host, ICollection<Problem> problems) =>
        BridgeChoice.Place(network, host, problems);

    /// <inheritdoc/>
    public (NetworkRow Network, Absence What)? Follow(NetworkRow network, IHostView host) => BridgeChoice.Follow(network, host);

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, IReadOnlyList<PortRow> ports) => BridgeObjects.Of(network, ports);

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Expects(NetworkRow network, IReadOnlyList<PortRow> ports) => BridgeObjects.Expected(network, ports);

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Without(NetworkRow network) => BridgeObjects.Without(network);

    /// <inheritdoc/>
    public IEnumerable<HostSetting> Forwarding(NetworkRow network) => BridgeObjects.Forwarding(network);

    /// <inheritdoc/>
    public LinkMark? HostInterface(NetworkRow network) => BridgeObjects.Mark(network);

    /// <inheritdoc/>
    public IEnumerable<(IPAddress Address, int PrefixLength)> HostAddresses(NetworkRow network) => BridgeObjects.Addresses(network);

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place) =>
        VethObjects.Of(network, endpoint, place);

    /// <inheritdoc/>
    public IEnumerable<KernelObject> Expects(NetworkRow network, EndpointRow endpoint, Place place) =>
        VethObjects.Expected(network, endpoint, place);

    /// <inheritdoc/>
    public FirewallNetwork? Rules(NetworkRow network, IEnumerable<FirewallPort> ports) => BridgeRules.Of(network, ports);
}
