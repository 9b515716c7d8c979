using System.Net;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel.Tests;

/// <summary>A bridge in the calling thread's namespace, 10.91.0.1 and 2001:db8:91::1, with containers that come and go.</summary>
internal sealed class TestBridge : IDisposable
{
    public static readonly IPAddress V4 = IPAddress.Parse("10.91.0.1"),
        V6 = IPAddress.Parse("2001:db8:91::1");

    private readonly Dictionary<string, NetworkNamespace> _containers = [];

    public TestBridge()
    {
        Index = Host.CreateBridge("br-test", MacAddress.Random(), 1500, 0, "a bridge of the test's");
        Host.AddAddress(Index, V4, 24);
        Host.AddAddress(Index, V6, 64, noDad: true);
        Host.SetUp(Index);
    }

    public RtnetlinkConnection Host { get; } = RtnetlinkConnection.Open();

    public int Index { get; }

    /// <summary>
    /// A container with eth0, 10.91.0.<paramref name="number"/> and 2001:db8:91::<paramref name="number"/>, reached from here at once.
    /// </summary>
    public NetworkNamespace Connect(string name, int number, MacAddress mac)
    {
        NetworkNamespace space = NetworkNamespace.Create($"/run/netns/{name}");
        _containers.Add(name, space);
        Host.CreateVeth($"v-{name}", MacAddress.Random(), 1500, Index, "a wire of the test's", space.Handle, "eth0", mac);
        using RtnetlinkConnection inside = space.OpenRtnetlink();
        int eth0 = inside.FindLink("eth0")!.Index;
        inside.AddAddress(eth0, IPAddress.Parse($"10.91.0.{number}"), 24);
        inside.AddAddress(eth0, IPAddress.Parse($"2001:db8:91::{number}"), 64, noDad: true);
        inside.SetUp(eth0);
        inside.ReplaceDefaultRoute(eth0, V4);
        return space;
    }

    public int PortOf(string name) => Host.FindLink($"v-{name}")!.Index;

    public void Remove(string name)
    {
        Host.DeleteLinks([PortOf(name)]);
        _containers.Remove(name, out NetworkNamespace? space);
        space!.Dispose();
        NetworkNamespace.Delete($"/run/netns/{name}");
    }

    public void Dispose()
    {
        foreach (string name in _containers.Keys.ToArray())
            Remove(name);
        Host.DeleteLinks([Index]);
        Host.Dispose();
    }
}
