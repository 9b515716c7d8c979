using System.Net;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Another machine on the host's wire: a namespace joined to the calling thread's by a veth pair, 198.51.100.1 here and .2 there (RFC
/// 5737).
/// </summary>
internal sealed class Outside : IDisposable
{
    public const string Address = "198.51.100.2";

    private readonly string _path;
    private readonly NetworkNamespace _space;
    private readonly RtnetlinkConnection _here = RtnetlinkConnection.Open();

    public Outside(string path)
    {
        _path = path;
        _space = NetworkNamespace.Create(path);
        int bridge = _here.CreateBridge("wan", MacAddress.Random(), 1500, 0, "a wire of the test's");
        int port = _here.CreateVeth(
            "wan0",
            MacAddress.Random(),
            1500,
            bridge,
            "a wire of the test's",
            _space.Handle,
            "eth0",
            MacAddress.Random()
        );
        _here.AddAddress(bridge, IPAddress.Parse("198.51.100.1"), 24);
        _here.SetUp(bridge);
        Inside(
            (links, index) =>
            {
                links.AddAddress(index, IPAddress.Parse(Address), 24);
                links.SetUp(index);
            }
        );
        // Frames sent sooner would be lost in the bridge.
        Assert.True(_here.WaitForForwarding(port, TimeSpan.FromSeconds(5)));
    }

    public void RouteEverythingThroughTheHost() =>
        Inside((links, index) => links.ReplaceDefaultRoute(index, IPAddress.Parse("198.51.100.1")));

    public bool Loses(string address) =>
        !Echo.Ping(
            _space,
            "outside",
            address,
            IPAddress.Parse(address),
            1,
            TimeSpan.FromMilliseconds(300),
            TimeSpan.Zero,
            TestContext.Current.CancellationToken
        ).Reachable;

    public void Dispose()
    {
        _here.DeleteLinks([.. _here.GetLinks().Where(link => link.Name is "wan" or "wan0").Select(link => link.Index)]);
        _here.Dispose();
        _space.Dispose();
        NetworkNamespace.Delete(_path);
    }

    private void Inside(Action<RtnetlinkConnection, int> work)
    {
        using RtnetlinkConnection links = _space.OpenRtnetlink();
        work(links, links.FindLink("eth0")!.Index);
    }
}
