using System.Net;
using BridgeNet.Containers;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel.Tests.Packets;

/// <summary>
/// Another machine: a namespace joined to the calling thread's by a veth pair without a bridge, with addresses of both families.
/// </summary>
internal sealed class Machine : IDisposable
{
    private readonly string _path,
        _wire;
    private readonly RtnetlinkConnection _here = RtnetlinkConnection.Open();

    /// <param name="path">Where its namespace is kept.</param>
    /// <param name="wire">The name of the host's end.</param>
    /// <param name="host">The host's addresses on the wire.</param>
    /// <param name="machine">The machine's own.</param>
    /// <param name="routes">Whether it sends everything through the host; else it knows the wire alone.</param>
    public Machine(string path, string wire, IPAddress[] host, IPAddress[] machine, bool routes)
    {
        (_path, _wire) = (path, wire);
        Space = NetworkNamespace.Create(path);
        int index = _here.CreateVeth(wire, MacAddress.Random(), 1500, 0, "a wire of the test's", Space.Handle, "eth0", MacAddress.Random());
        WithoutWaiting(wire);
        foreach (IPAddress address in host)
            _here.AddAddress(index, address, PrefixLength(address), noDad: true);
        Space.Run(() =>
        {
            WithoutWaiting("eth0");
            return true;
        });
        using RtnetlinkConnection there = Space.OpenRtnetlink();
        int inside = there.FindLink("eth0")!.Index;
        there.SetUp(inside);
        foreach (IPAddress address in machine)
            there.AddAddress(inside, address, PrefixLength(address), noDad: true);
        foreach (IPAddress gateway in routes ? host : [])
            there.ReplaceDefaultRoute(inside, gateway);
    }

    public NetworkNamespace Space { get; }

    public void Dispose()
    {
        if (_here.FindLink(_wire) is { } link)
            _here.DeleteLinks([link.Index]);
        _here.Dispose();
        Space.Dispose();
        NetworkNamespace.Delete(_path);
    }

    // A link-local address that is still being tried cannot ask for neighbours.
    private static void WithoutWaiting(string link) => Sysctl.TryWrite($"net/ipv6/conf/{link}/accept_dad", "0");

    private static int PrefixLength(IPAddress address) => address.GetAddressBytes().Length == 4 ? 24 : 64;
}
