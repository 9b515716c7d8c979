using System.Net;
using System.Net.Sockets;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Netlink.Examples;

/// <summary>Lists a network namespace: links, their addresses, and the routes. Needs no privileges.</summary>
internal static class Links
{
    public static void Run(TextWriter output)
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        AddressFamily[] families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];
        ILookup<int, InterfaceAddress> addresses = families.SelectMany(links.GetAddresses).ToLookup(static address => address.LinkIndex);
        foreach (Link link in links.GetLinks())
        {
            output.WriteLine($"{link.Index}: {link.Name} {link.Kind ?? "device"} {(link.Up ? "up" : "down")} mtu {link.Mtu} {link.Mac}");
            foreach (InterfaceAddress address in addresses[link.Index])
                output.WriteLine($"    {address.Address}/{address.PrefixLength}");
        }
        foreach (Route route in families.SelectMany(links.GetRoutes))
            output.WriteLine(
                $"{route.Destination}{(route.Gateway is IPAddress gateway ? $" via {gateway}" : "")} dev {links.FindLink(route.LinkIndex)?.Name}"
            );
    }
}
