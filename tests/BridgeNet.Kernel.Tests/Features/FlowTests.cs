using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Kernel.Tests.Packets;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>
/// Flows that go on while ports are published, closed and given to others. To the kernel a UDP flow never ends, and goes where it first
/// went.
/// </summary>
public sealed class FlowTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    /// <summary>So many datagrams, 50 ms apart, stand for all.</summary>
    private const int Few = 5,
        Many = 60;

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_ends_with_the_published_port(string backend) =>
        InLab(
            backend,
            (lab, flow) =>
            {
                Socket server = flow.Listen(lab["server"], 80);
                Assert.True(flow.Reaches(server, Many));
                lab.Engine.Unpublish(lab.Engine.GetPorts(), new ChangeContext());
                Assert.False(flow.Reaches(server, Few));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_goes_to_whom_the_port_is_given_next(string backend) =>
        InLab(
            backend,
            (lab, flow) =>
            {
                Assert.True(flow.Reaches(flow.Listen(lab["server"], 80), Many));
                lab.Engine.Leave("server", "net");
                lab.Engine.Publish("neighbour", null, ["8080:80/udp"], new ChangeContext());
                Assert.True(flow.Reaches(flow.Listen(lab["neighbour"], 80), Many));
                // Not only by leaving: a port may change hands.
                lab.Engine.Unpublish(lab.Engine.GetPorts(), new ChangeContext());
                lab.Engine.Publish("stranger", null, ["8080:80/udp"], new ChangeContext());
                Assert.True(flow.Reaches(flow.Listen(lab["stranger"], 80), Many));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void One_that_came_before_the_port_was_published_gets_there(string backend) =>
        InLab(
            backend,
            (lab, flow) =>
            {
                lab.Engine.Unpublish(lab.Engine.GetPorts(), new ChangeContext());
                Socket server = flow.Listen(lab["server"], 80);
                Assert.False(flow.Reaches(server, Few));
                lab.Engine.Publish("server", null, ["8080:80/udp"], new ChangeContext());
                Assert.True(flow.Reaches(server, Many));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_ends_with_the_container_and_reaches_one_of_the_same_address(string backend) =>
        InLab(
            backend,
            (lab, flow) =>
            {
                Assert.True(flow.Reaches(flow.Listen(lab["server"], 80), Many));
                Assert.Empty(lab.Engine.RemoveContainers(["server"], new ChangeContext()));
                string path = lab
                    .Engine.Start(
                        "next",
                        new EndpointRequest("net") { IPAddress = Roles.IPv4.Text("server"), IPv6Address = Roles.IPv6.Text("server") }
                    )
                    .NetNSPath;
                using NetworkNamespace next = NetworkNamespace.Open(path);
                Socket server = flow.Listen(next, 80);
                Assert.False(flow.Reaches(server, Few));
                lab.Engine.Publish("next", null, ["8080:80/udp"], new ChangeContext());
                Assert.True(flow.Reaches(server, Many));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_connection_of_an_unassigned_address_ends_with_the_network(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state);
                NetworkRequest again = new("again") { Subnets = ["10.77.0.0/24", "2001:db8:77::/64"] };
                foreach ((Roles roles, string address) in ((Roles, string)[])[(Roles.IPv4, "10.77.0.50"), (Roles.IPv6, "2001:db8:77::50")])
                {
                    IPAddress own = IPAddress.Parse(address);
                    engine.Make(again);
                    using NetworkNamespace first = NetworkNamespace.Open(engine.Start("first", new EndpointRequest("again")).NetNSPath);
                    using (RtnetlinkConnection links = first.OpenRtnetlink())
                        links.AddAddress(
                            links.FindLink("eth0")!.Index,
                            own,
                            own.AddressFamily == AddressFamily.InterNetwork ? 24 : 64,
                            noDad: true
                        );
                    using Socket accomplice = Bound(lab["remote"], roles.Of("remote"), 7070),
                        inside = Bound(first, own, 7071);
                    inside.SendTo([1], new IPEndPoint(roles.Of("remote"), 7070));
                    EndPoint back = new IPEndPoint(roles.Of("remote"), 0);
                    Assert.True(
                        accomplice.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead)
                            && accomplice.ReceiveFrom(new byte[1], ref back) == 1
                    );
                    accomplice.SendTo([2], back);
                    Assert.True(inside.Poll(TimeSpan.FromSeconds(5), SelectMode.SelectRead));
                    Assert.Empty(engine.RemoveContainers(["first"], new ChangeContext()));
                    engine.Remove("again");
                    engine.Make(again);
                    EndpointRequest next =
                        own.AddressFamily == AddressFamily.InterNetwork
                            ? new("again") { IPAddress = address }
                            : new("again") { IPv6Address = address };
                    using NetworkNamespace second = NetworkNamespace.Open(engine.Start("second", next).NetNSPath);
                    using Socket victim = Bound(second, own, 7071);
                    accomplice.SendTo([3], back);
                    Assert.False(victim.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead));
                    Assert.Empty(engine.RemoveContainers(["second"], new ChangeContext()));
                    engine.Remove("again");
                }
            }
        );

    private static Socket Bound(NetworkNamespace where, IPAddress address, int port)
    {
        Socket socket = where.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void Others_are_left_alone(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Lab lab = new(engine, state);
                foreach (Roles roles in Roles.Both)
                {
                    using Conversation other = new(lab["remote"], lab["server"], roles.Of("wan"), 8080, 80),
                        within = new(lab["neighbour"], lab["server"], roles.Of("server"), 82, 82);
                    engine.Publish("server", null, ["8081:80"], new ChangeContext());
                    engine.Unpublish([.. engine.GetPorts().Where(port => port.HostPort == 8081)], new ChangeContext());
                    engine.Leave("neighbour", "net");
                    Assert.True(other.IsAnswered());
                    Assert.True(other.GoesOn());
                    Assert.True(within.IsCut());
                    engine.Join("neighbour", new EndpointRequest("net"));
                }
            }
        );

    private void InLab(string backend, Action<Lab, Flow> work)
    {
        foreach (Roles roles in Roles.Both)
        {
            EngineSpace.In(
                space,
                backend,
                (engine, state) =>
                {
                    using Lab lab = new(engine, state);
                    using Flow flow = new(lab["remote"], roles.Of("wan"), 8080);
                    work(lab, flow);
                }
            );
        }
    }
}
