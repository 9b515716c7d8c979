using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;

namespace BridgeNet.Rtnetlink;

/// <summary>
/// The links, addresses, routes and forwarding entries of one network namespace. <see cref="RtnetlinkConnection"/> is the kernel's; a test
/// can use a model of it. All calls throw <see cref="NetlinkException"/> with the kernel's errno.
/// </summary>
public interface IRtnetlink : IDisposable
{
    /// <summary>All links of the namespace.</summary>
    IReadOnlyList<Link> GetLinks();

    /// <summary>A link by its name; null if it does not exist.</summary>
    Link? FindLink(string name);

    /// <summary>A link by its index; null if it does not exist.</summary>
    Link? FindLink(int index);

    /// <summary>The addresses of all links, of one family.</summary>
    IReadOnlyList<InterfaceAddress> GetAddresses(AddressFamily family);

    /// <summary>The unicast routes of one family in all tables, except the local table.</summary>
    IReadOnlyList<Route> GetRoutes(AddressFamily family);

    /// <summary>The forwarding databases of all bridges.</summary>
    IReadOnlyList<ForwardingEntry> GetForwarding();

    /// <summary>Creates a bridge, which is down.</summary>
    /// <param name="name">Its name, 1 to 15 bytes.</param>
    /// <param name="mac">
    /// Its MAC address; null for the kernel's choice. A bridge that was given one has no carrier without ports (net/bridge/br_stp_if.c:
    /// br_stp_change_bridge_id).
    /// </param>
    /// <param name="mtu">Its MTU, in bytes.</param>
    /// <param name="group">Its interface group.</param>
    /// <param name="alias">Its alias, up to 255 bytes.</param>
    /// <returns>Its index.</returns>
    int CreateBridge(string name, MacAddress? mac, int mtu, uint group, string alias);

    /// <summary>
    /// Creates a veth pair. The peer is created in the other namespace, down; the host end is up, and a port of the bridge.
    /// </summary>
    /// <param name="hostName">The name of the host end.</param>
    /// <param name="hostMac">Its MAC address.</param>
    /// <param name="mtu">The MTU of both ends, in bytes.</param>
    /// <param name="masterIndex">The index of the bridge; 0 for none.</param>
    /// <param name="alias">The alias of the host end.</param>
    /// <param name="peerNamespace">The namespace of the peer.</param>
    /// <param name="peerName">The name of the peer.</param>
    /// <param name="peerMac">Its MAC address.</param>
    /// <param name="group">The interface group of the host end.</param>
    /// <returns>The index of the host end.</returns>
    int CreateVeth(
        string hostName,
        MacAddress hostMac,
        int mtu,
        int masterIndex,
        string alias,
        SafeHandle peerNamespace,
        string peerName,
        MacAddress peerMac,
        uint group = 0
    );

    /// <summary>Whether the kernel has a kind of links that are on another one; it loads a module for it if there is one.</summary>
    bool Has(UpperKind kind);

    /// <summary>Creates a link on another one, down.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lower">The index of its lower link, which is in this namespace.</param>
    /// <param name="kind">Its kind, with its properties.</param>
    /// <param name="mac">Its MAC address; null for that of the lower link, or for the kernel's choice.</param>
    /// <param name="mtu">Its MTU, in bytes; 0 for that of the lower link, which is also the most.</param>
    /// <param name="group">Its interface group.</param>
    /// <param name="inside">The namespace that it is created in; null for this one.</param>
    void CreateUpper(
        string name,
        int lower,
        UpperKind kind,
        MacAddress? mac = null,
        int mtu = 0,
        uint group = 0,
        SafeHandle? inside = null
    );

    /// <summary>Changes the properties that a link has on its lower link.</summary>
    void SetUpper(int index, UpperKind kind);

    /// <summary>Deletes links; missing ones are ignored.</summary>
    void DeleteLinks(IReadOnlyList<int> indexes);

    /// <summary>Sets a link up.</summary>
    void SetUp(int index);

    /// <summary>Sets a link down.</summary>
    void SetDown(int index);

    /// <summary>Sets the MTU, in bytes.</summary>
    void SetMtu(int index, int mtu);

    /// <summary>Renames a link; one that is up may be down for a moment.</summary>
    void Rename(int index, string name);

    /// <summary>Sets the alias of a link.</summary>
    void ReplaceAlias(int index, string alias);

    /// <summary>Adds a link to a bridge as a port.</summary>
    void SetMaster(int index, int master);

    /// <summary>Sets the MAC address of a link.</summary>
    void SetMac(int index, MacAddress mac);

    /// <summary>Moves a link to an interface group.</summary>
    void SetGroup(int index, uint group);

    /// <summary>Sets flags of a bridge port; null leaves a flag unchanged.</summary>
    /// <param name="index">The port.</param>
    /// <param name="isolated">Whether frames from it to other isolated ports are dropped.</param>
    /// <param name="hairpin">
    /// Whether frames may leave through the port they came in by, which an endpoint needs to use its own published port.
    /// </param>
    /// <param name="learning">Whether the bridge learns MAC addresses from its frames.</param>
    void SetBridgePort(int index, bool? isolated = null, bool? hairpin = null, bool? learning = null);

    /// <summary>Adds a static forwarding entry for a port.</summary>
    void ReplaceForwarding(int index, MacAddress mac);

    /// <summary>Removes that entry; a missing one is ignored.</summary>
    void RemoveForwarding(int index, MacAddress mac);

    /// <summary>Adds an address to a link.</summary>
    /// <param name="index">The link.</param>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">The prefix length of its subnet, in bits.</param>
    /// <param name="noDad">For IPv6: usable immediately, without duplicate address detection for a second.</param>
    void AddAddress(int index, IPAddress address, int prefixLength, bool noDad = false);

    /// <summary>Removes an address from a link; a missing one is ignored.</summary>
    void RemoveAddress(int index, IPAddress address, int prefixLength);

    /// <summary>Sets the default route of the gateway's family, and replaces an existing one.</summary>
    void ReplaceDefaultRoute(int index, IPAddress gateway);

    /// <summary>Sets the default route of a family to a link that needs no gateway, and replaces an existing one.</summary>
    void ReplaceDefaultRoute(int index, AddressFamily family);

    /// <summary>Adds the route to the subnet of a link's address, as the kernel does when the address is added.</summary>
    void AddSubnetRoute(int index, IPNetwork subnet, IPAddress source);

    /// <summary>Adds a route to addresses that are reached on a link without a gateway.</summary>
    /// <param name="index">The link, which is up.</param>
    /// <param name="destination">The addresses.</param>
    /// <param name="source">The source address of packets of this namespace to them.</param>
    void AddRoute(int index, IPNetwork destination, IPAddress source);

    /// <summary>Deletes the route to these addresses by this link; a missing one is ignored.</summary>
    void RemoveRoute(int index, IPNetwork destination);

    /// <summary>
    /// Deletes the default route of one family from the main table, the best one if there are several; a missing one is ignored.
    /// </summary>
    void DeleteDefaultRoute(AddressFamily family);

    /// <summary>Waits until a bridge port forwards frames.</summary>
    /// <param name="index">The port.</param>
    /// <param name="bound">The timeout.</param>
    /// <returns>False after the timeout, for example with spanning tree enabled, or if it is no bridge port.</returns>
    bool WaitForForwarding(int index, TimeSpan bound);
}
