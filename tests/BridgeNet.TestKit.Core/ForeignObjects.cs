using System.Net;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.TestKit.Core;

/// <summary>
/// What somebody else made in the namespace of the calling thread: a bridge with an address of its own, another one that is up, and a network namespace. Nothing of
/// ours may take them away.
/// </summary>
internal static class ForeignObjects
{
    public const string Bridge = "foreign0",
        Parent = "foreign1",
        Namespace = "/run/foreign";

    private static readonly IPAddress s_address = IPAddress.Parse("10.99.0.1");

    public static void Make()
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        if (links.FindLink(Bridge) is null)
        {
            int index = links.CreateBridge(Bridge, MacAddress.Parse("02:00:00:00:00:99"), 1450, 7, "somebody else's");
            links.AddAddress(index, s_address, 24);
        }
        if (links.FindLink(Parent) is null)
            links.SetUp(links.CreateBridge(Parent, MacAddress.Parse("02:00:00:00:00:98"), 1450, 7, "somebody else's"));
        if (!File.Exists(Namespace))
            NetworkNamespace.Create(Namespace).Dispose();
    }

    /// <summary>Throws when it was made and is not as it was.</summary>
    public static void Check()
    {
        if (!File.Exists(Namespace))
            return;
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        Link link = links.FindLink(Bridge) ?? throw new InvalidOperationException("the foreign bridge is gone");
        string[] addresses =
        [
            .. links
                .GetAddresses(System.Net.Sockets.AddressFamily.InterNetwork)
                .Where(address => address.LinkIndex == link.Index)
                .Select(address => $"{address.Address}/{address.PrefixLength}"),
        ];
        if (link is not { Mtu: 1450, Group: 7, Alias: "somebody else's" } || addresses is not ["10.99.0.1/24"])
            throw new InvalidOperationException($"the foreign bridge is another: {link}, {string.Join(' ', addresses)}");
        if (links.FindLink(Parent) is not { Mtu: 1450, Group: 7, Alias: "somebody else's", Up: true })
            throw new InvalidOperationException("the foreign parent is another, or gone");
        using NetworkNamespace space = NetworkNamespace.Open(Namespace);
        using RtnetlinkConnection inside = space.OpenRtnetlink();
        if (inside.GetLinks() is not [{ Name: "lo" }])
            throw new InvalidOperationException("something is left in the foreign namespace");
    }

    public static void Remove()
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        links.DeleteLinks([.. ((string[])[Bridge, Parent]).Select(links.FindLink).OfType<Link>().Select(static link => link.Index)]);
        NetworkNamespace.Delete(Namespace);
    }
}
