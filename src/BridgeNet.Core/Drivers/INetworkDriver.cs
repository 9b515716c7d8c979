using System.Net;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drivers;

/// <summary>
/// What networks of a kind are made of in the kernel. Pure: a driver says how things should be, by rows and by what it sees of the host, and
/// touches nothing. Everything else (creating, changing, comparing, repairing, removing, dry runs, documents) follows from what it says.
/// </summary>
internal interface INetworkDriver
{
    /// <summary>The name by which networks ask for it.</summary>
    string Name { get; }

    /// <summary>What it is, for people who choose one.</summary>
    string Description { get; }

    /// <summary>What its networks can do.</summary>
    DriverCapabilities Capabilities { get; }

    /// <summary>The options that it understands.</summary>
    IReadOnlyList<DriverOption> Options => [];

    /// <summary>How many endpoints one of its networks has at most.</summary>
    int MaxEndpoints => int.MaxValue;

    // Requests, and the rows that are chosen for them.

    /// <summary>Adds what speaks against a request, beyond the values of single options.</summary>
    void Check(NetworkRequest request, IHostView host, ICollection<Problem> problems) { }

    /// <summary>Adds what speaks against options beyond their single values, wherever they come from: a request, a change or a document.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isInternal">Whether nothing leaves the network.</param>
    /// <param name="problems">Takes the problems.</param>
    /// <param name="target">The name of the network.</param>
    void CheckOptions(IReadOnlyDictionary<string, string> options, bool isInternal, ICollection<Problem> problems, string target) { }

    /// <summary>The network with all that it has of this driver, names of links and MTU among it; its subnets are chosen.</summary>
    NetworkRow Choose(NetworkRow network, IHostView host) => network;

    /// <summary>An existing link that options ask to be adopted, whose own addresses are no others then; null for none.</summary>
    Link? Taken(IReadOnlyDictionary<string, string> options, IHostView host) => null;

    /// <summary>The network as it is after its settings were changed; adds what cannot change while it is there.</summary>
    NetworkRow Change(NetworkRow before, NetworkRow after, IHostView host, ICollection<Problem> problems) => after;

    /// <summary>In what a row cannot be one of this driver's; null when it can.</summary>
    string? Flaw(NetworkRow network) => null;

    /// <summary>Whether a text can be the name of an endpoint's end on the host.</summary>
    bool IsHostEnd(string name);

    /// <summary>The name of an endpoint's end on the host, by its id; empty where it has none.</summary>
    string HostEnd(string endpointId);

    /// <summary>A network of a document on this host; adds what is in its way.</summary>
    NetworkRow Place(NetworkRow network, IHostView host, ICollection<Problem> problems) => network;

    /// <summary>Why no container can be connected to a network; null when one can.</summary>
    string? WhyUnconnectable(NetworkRow network) => null;

    /// <summary>Where another hand created anew what the network was asked to take, since the last boot: the row with that; null elsewhere.</summary>
    (NetworkRow Network, Absence What)? Follow(NetworkRow network, IHostView host) => null;

    // The desired state.

    /// <summary>The links, addresses and settings of a network, but for its endpoints and rules.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">The published ports of its endpoints.</param>
    IEnumerable<KernelObject> Objects(NetworkRow network, IReadOnlyList<PortRow> ports) => [];

    /// <summary>What else should be so, which a new network finds so and a repair puts back.</summary>
    IEnumerable<KernelObject> Expects(NetworkRow network, IReadOnlyList<PortRow> ports) => [];

    /// <summary>What there is without the network, of what is there before and after it.</summary>
    IEnumerable<KernelObject> Without(NetworkRow network) => [];

    /// <summary>The switches of the host that a network needs.</summary>
    IEnumerable<HostSetting> Forwarding(NetworkRow network) => [];

    /// <summary>The link by which the host is on the network; null where it is not.</summary>
    LinkMark? HostInterface(NetworkRow network) => null;

    /// <summary>The addresses that the host has on the network.</summary>
    IEnumerable<(IPAddress Address, int PrefixLength)> HostAddresses(NetworkRow network) => [];

    /// <summary>The links, addresses and settings of an endpoint.</summary>
    IEnumerable<KernelObject> Objects(NetworkRow network, EndpointRow endpoint, Place place);

    /// <inheritdoc cref="Expects(NetworkRow, IReadOnlyList{PortRow})"/>
    IEnumerable<KernelObject> Expects(NetworkRow network, EndpointRow endpoint, Place place) => [];

    /// <summary>What the firewall has to know of a network, but for senders; null where it has no rules.</summary>
    FirewallNetwork? Rules(NetworkRow network, IEnumerable<FirewallPort> ports) => null;
}

/// <summary>What networks of a driver can do.</summary>
[Flags]
internal enum DriverCapabilities
{
    /// <summary>No more than be there.</summary>
    None = 0,

    /// <summary>Its subnets are this host's alone: they are chosen where none is given, and kept clear of what the host uses.</summary>
    OwnsSubnets = 1,

    /// <summary>The host is on it, and forwards for it.</summary>
    HasHostInterface = 2,

    /// <summary>Ports of its endpoints can be published at addresses of the host.</summary>
    PublishesPorts = 4,

    /// <summary>Users can make networks of it.</summary>
    CanBeCreated = 8,
}
