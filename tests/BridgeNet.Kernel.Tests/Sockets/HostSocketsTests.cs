using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Sockets;
using Xunit;

namespace BridgeNet.Kernel.Tests.Sockets;

public sealed class HostSocketsTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    private static readonly IPAddress s_other = IPAddress.Parse("192.0.2.1"),
        s_otherV6 = IPAddress.Parse("2001:db8::1");

    [Fact]
    public void A_listening_socket_is_found_with_its_process() =>
        Inside(() =>
        {
            using Socket socket = Listen(SocketType.Stream, IPAddress.Any);
            int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            HostSocket found = HostSockets.Read().FindListener("tcp", s_other, port)!;
            Assert.Equal(("tcp", IPAddress.Any, port), (found.Protocol, found.Address, found.Port));
            Assert.EndsWith($" (pid {Environment.ProcessId})", SocketOwner.ProcessOf(found.Inode));
            Assert.Null(HostSockets.Read().FindListener("udp", s_other, port));
            Assert.Null(HostSockets.Read().FindListener("tcp", s_otherV6, port));
            Assert.Null(SocketOwner.ProcessOf(ulong.MaxValue));
        });

    [Theory]
    [InlineData(SocketType.Stream, "tcp")]
    [InlineData(SocketType.Dgram, "udp")]
    public void A_dual_stack_socket_takes_IPv4_and_a_v6_only_one_does_not(SocketType type, string protocol) =>
        Inside(() =>
        {
            using Socket dual = Listen(type, IPAddress.IPv6Any, v6Only: false),
                only = Listen(type, IPAddress.IPv6Any, v6Only: true);
            int both = ((IPEndPoint)dual.LocalEndPoint!).Port,
                one = ((IPEndPoint)only.LocalEndPoint!).Port;
            HostSockets sockets = HostSockets.Read();
            Assert.NotNull(sockets.FindListener(protocol, s_other, both));
            Assert.NotNull(sockets.FindListener(protocol, IPAddress.Any, both));
            Assert.NotNull(sockets.FindListener(protocol, s_otherV6, both));
            Assert.Null(sockets.FindListener(protocol, s_other, one));
            Assert.Null(sockets.FindListener(protocol, IPAddress.Any, one));
            Assert.NotNull(sockets.FindListener(protocol, s_otherV6, one));
            Assert.NotNull(sockets.FindListener(protocol, null, one));
        });

    [Theory]
    [InlineData(SocketType.Stream, "tcp")]
    [InlineData(SocketType.Dgram, "udp")]
    public void One_at_an_address_stands_there_and_in_the_way_of_a_wildcard(SocketType type, string protocol) =>
        Inside(() =>
        {
            using Socket socket = Listen(type, IPAddress.Loopback),
                mapped = Listen(type, IPAddress.Loopback.MapToIPv6(), v6Only: false);
            foreach (Socket each in (Socket[])[socket, mapped])
            {
                int port = ((IPEndPoint)each.LocalEndPoint!).Port;
                HostSockets sockets = HostSockets.Read();
                Assert.NotNull(sockets.FindListener(protocol, IPAddress.Loopback, port));
                Assert.NotNull(sockets.FindListener(protocol, IPAddress.Any, port));
                Assert.NotNull(sockets.FindListener(protocol, null, port));
                Assert.Null(sockets.FindListener(protocol, s_other, port));
                Assert.Null(sockets.FindListener(protocol, IPAddress.IPv6Any, port));
            }
        });

    [Fact]
    public void Proc_says_the_same_but_for_v6_only() =>
        Inside(() =>
        {
            using Socket a = Listen(SocketType.Stream, IPAddress.Any),
                b = Listen(SocketType.Stream, IPAddress.IPv6Any, v6Only: true),
                c = Listen(SocketType.Dgram, IPAddress.Loopback),
                d = Listen(SocketType.Dgram, IPAddress.Loopback.MapToIPv6());
            Assert.Equal(4, HostSockets.ReadTables().All.Count);
            Assert.Equal(
                HostSockets.ReadTables().All.ToHashSet(),
                [.. HostSockets.Read().All.Select(socket => socket with { V6Only = false })]
            );
            Assert.Single(HostSockets.Read().All, socket => socket.V6Only);
        });

    [Fact]
    public void Connections_are_not_in_the_way() =>
        Inside(() =>
        {
            using Socket server = Listen(SocketType.Stream, IPAddress.Loopback);
            using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Connect(server.LocalEndPoint!);
            using Socket asking = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            asking.Connect(new IPEndPoint(IPAddress.Loopback, 53));
            HostSockets sockets = HostSockets.Read();
            Assert.Null(sockets.FindListener("tcp", null, ((IPEndPoint)client.LocalEndPoint!).Port));
            Assert.Null(sockets.FindListener("udp", null, ((IPEndPoint)asking.LocalEndPoint!).Port));
        });

    [Fact]
    public void Sockets_of_other_namespaces_are_not_listed() =>
        Inside(() =>
        {
            using Socket socket = Listen(SocketType.Stream, IPAddress.Any);
            using NetworkNamespace other = NetworkNamespace.Create("/run/netns/other");
            Assert.Empty(other.Run(HostSockets.Read).All);
            NetworkNamespace.Delete("/run/netns/other");
        });

    private static Socket Listen(SocketType type, IPAddress address, bool v6Only = false)
    {
        Socket socket = new(address.AddressFamily, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = !v6Only;
        socket.Bind(new IPEndPoint(address, 0));
        if (type == SocketType.Stream)
            socket.Listen();
        return socket;
    }

    private void Inside(Action test)
    {
        sandbox.Run(() =>
        {
            AdminRule.Run("ip link set lo up");
            test();
        });
        sandbox.AssertNothingRemains();
    }
}
