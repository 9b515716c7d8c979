using BridgeNet.Rtnetlink;
using static BridgeNet.Rtnetlink.RtnlConstants;

namespace BridgeNet.Netlink.Examples;

/// <summary>Prints the notifications of the kernel while a link is created and deleted.</summary>
internal static class Watch
{
    public static void Run(TextWriter output)
    {
        using NetlinkEvents events = NetlinkEvents.Open(NetlinkConstants.NETLINK_ROUTE, groups: 1u << (RTNLGRP_LINK - 1));
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        int bridge = links.CreateBridge("br0", MacAddress.Random(), mtu: 1500, group: 0, alias: "an example");
        links.DeleteLinks([bridge]);
        bool whole = events.Drain(
            (type, payload) =>
            {
                if (type is RTM_NEWLINK or RTM_DELLINK && LinkMessages.Read(payload) is { } link)
                    output.WriteLine($"{(type == RTM_NEWLINK ? "new or changed" : "deleted")}: {link.Name}");
            }
        );
        output.WriteLine(whole ? "nothing was lost" : "some was lost");
    }
}
