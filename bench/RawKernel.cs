using System.Net;
using BridgeNet.Containers;
using BridgeNet.Kernel;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Bench;

/// <summary>The bare operations of the kernel, on sockets that are open already: what no program can be faster than.</summary>
internal sealed class RawKernel : IDisposable
{
    private static readonly IPAddress s_bridgeAddress = IPAddress.Parse("10.250.0.1"),
        s_containerAddress = IPAddress.Parse("10.250.0.2");

    private readonly RtnetlinkConnection _host = RtnetlinkConnection.Open();
    private readonly TemporaryDirectory _directory = new();
    private readonly NetworkNamespace _space;
    private readonly RtnetlinkConnection _inside;
    private readonly int _bridge;
    private int _number;

    public RawKernel()
    {
        _space = NetworkNamespace.Create();
        _inside = _space.OpenRtnetlink();
        _bridge = _host.CreateBridge("raw-standing", MacAddress.Random(), 1500, InterfaceGroup.Ours | InterfaceGroup.HasIPv4, "bench");
        _host.SetUp(_bridge);
    }

    /// <summary>A bridge made, addressed and up.</summary>
    public int CreateBridge()
    {
        int index = _host.CreateBridge($"raw{_number++}", MacAddress.Random(), 1500, InterfaceGroup.Ours | InterfaceGroup.HasIPv4, "bench");
        _host.AddAddress(index, s_bridgeAddress, 24);
        _host.SetUp(index);
        return index;
    }

    /// <summary>Links deleted, several in one request.</summary>
    public void Delete(params IReadOnlyList<int> indexes) => _host.DeleteLinks(indexes);

    /// <summary>A veth pair made as a port of a bridge, its peer born in another namespace, addressed and up.</summary>
    public int CreateVeth()
    {
        int index = _host.CreateVeth(
            $"raw{_number++}",
            MacAddress.Random(),
            1500,
            _bridge,
            "bench",
            _space.Handle,
            "eth0",
            MacAddress.Random()
        );
        int peer = _inside.FindLink("eth0")!.Index;
        _inside.AddAddress(peer, s_containerAddress, 24);
        _inside.SetUp(peer);
        return index;
    }

    /// <summary>A namespace made and kept at a path.</summary>
    public string CreateNamespace()
    {
        string path = _directory.File($"raw{_number++}");
        using NetworkNamespace created = NetworkNamespace.Create();
        created.Keep(path);
        return path;
    }

    public static void DeleteNamespace(string path)
    {
        using NetworkNamespace kept = NetworkNamespace.Open(path);
        NetworkNamespace.Release(path, kept.Cookie);
    }

    public void Dispose()
    {
        _inside.Dispose();
        _space.Dispose();
        _host.DeleteLinks([_bridge]);
        _host.Dispose();
        _directory.Dispose();
    }
}
