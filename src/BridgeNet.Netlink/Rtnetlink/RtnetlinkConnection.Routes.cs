using System.Net;
using System.Net.Sockets;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Rtnetlink.RtnlConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Rtnetlink;

/// <content>Routes.</content>
public sealed partial class RtnetlinkConnection
{
    /// <summary>The unicast routes of one family in all tables, except the local table: the kernel leaves its routes out.</summary>
    public IReadOnlyList<Route> GetRoutes(AddressFamily family) =>
        netlink.Dump(
            "ip route show table all type unicast",
            RTM_GETROUTE,
            message => message.Struct(new RtMsg() with { Family = AddressMessages.Family(family), Type = RTN_UNICAST }),
            static (_, payload) => AddressMessages.ReadRoute(payload)
        );

    /// <summary>Sets the default route of the gateway's family, and replaces an existing one.</summary>
    public void ReplaceDefaultRoute(int index, IPAddress gateway) =>
        netlink.Execute(
            $"ip route replace default via {gateway} dev {index}",
            RTM_NEWROUTE,
            NLM_F_CREATE | NLM_F_REPLACE,
            message => AddressMessages.DefaultRoute(message, index, gateway)
        );

    /// <summary>Sets the default route of a family to a link that needs no gateway, and replaces an existing one.</summary>
    public void ReplaceDefaultRoute(int index, AddressFamily family) =>
        netlink.Execute(
            $"ip route replace default dev {index}",
            RTM_NEWROUTE,
            NLM_F_CREATE | NLM_F_REPLACE,
            message => AddressMessages.DefaultRoute(message, index, family)
        );

    /// <summary>Adds the route to the subnet of a link's address, as the kernel does when the address is added.</summary>
    public void AddSubnetRoute(int index, IPNetwork subnet, IPAddress source) =>
        netlink.Execute(
            $"ip route add {subnet} dev {index}",
            RTM_NEWROUTE,
            Create,
            message => AddressMessages.SubnetRoute(message, index, subnet, source)
        );

    /// <summary>
    /// Deletes the default route of one family from the main table, the best one if there are several; a missing one is ignored.
    /// </summary>
    public void DeleteDefaultRoute(AddressFamily family) =>
        Allow(
            ESRCH,
            () =>
                Allow(
                    ENOENT,
                    () => // IPv4 returns ESRCH, IPv6 ENOENT
                        netlink.Execute("ip route delete default", RTM_DELROUTE, 0, message => AddressMessages.AnyDefaultRoute(message, family))
                )
        );

    /// <summary>Adds a route to addresses that are reached on a link without a gateway.</summary>
    public void AddRoute(int index, IPNetwork destination, IPAddress source) =>
        netlink.Execute(
            $"ip route add {destination} dev {index} src {source}",
            RTM_NEWROUTE,
            Create,
            message => AddressMessages.LinkRoute(message, index, destination, source)
        );

    /// <summary>Deletes the route to these addresses by this link; a missing one is ignored.</summary>
    public void RemoveRoute(int index, IPNetwork destination) =>
        Allow(
            ENODEV,
            () =>
                Allow(
                    ESRCH,
                    () =>
                        netlink.Execute(
                            $"ip route delete {destination} dev {index}",
                            RTM_DELROUTE,
                            0,
                            message => AddressMessages.AnyRoute(message, index, destination)
                        )
                )
        );
}
