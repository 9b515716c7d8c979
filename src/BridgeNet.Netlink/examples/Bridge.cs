using System.Net;
using System.Runtime.InteropServices;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Netlink.Examples;

/// <summary>
/// A bridge with an address and one end of a veth pair as its port; both ends are in this namespace. Everything is deleted at the end.
/// </summary>
internal static class Bridge
{
    public static void Run(TextWriter output)
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        using SafeHandle here = File.OpenHandle("/proc/thread-self/ns/net");
        int bridge = links.CreateBridge("br0", MacAddress.Random(), mtu: 1500, group: 0, alias: "an example");
        int port = links.CreateVeth(
            "veth0",
            MacAddress.Random(),
            mtu: 1500,
            masterIndex: bridge,
            alias: "an example",
            here,
            "eth0",
            MacAddress.Random()
        );
        links.AddAddress(bridge, IPAddress.Parse("192.0.2.1"), prefixLength: 24);
        links.SetUp(bridge);
        links.SetUp(links.FindLink("eth0")!.Index);
        bool forwards = links.WaitForForwarding(port, TimeSpan.FromSeconds(1));
        output.WriteLine(
            $"{links.FindLink(port)!.Name} is a port of {links.FindLink(bridge)!.Name} and {(forwards ? "forwards" : "does not forward yet")}"
        );
        links.DeleteLinks([bridge, port]);
        output.WriteLine($"br0 is {(links.FindLink("br0") is null ? "gone" : "still there")}");
    }
}
