using System.Net;
using System.Net.Sockets;
using BridgeNet.Conntrack;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Netlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Conntrack;

public sealed class ConntrackConnectionTests(PrivateNamespace sandbox) : IClassFixture<PrivateNamespace>
{
    private static readonly IPAddress s_old = IPAddress.Parse("10.91.0.2"),
        s_new = IPAddress.Parse("10.91.0.3");

    public static readonly TheoryData<string, string, string, string> Tools = new()
    {
        {
            "iptables",
            "iptables -t nat -A PREROUTING -p udp --dport 5353 -j DNAT --to-destination 10.91.0.2:53",
            "iptables -t nat -F PREROUTING; iptables -t nat -A PREROUTING -p udp --dport 5353 -j DNAT --to-destination 10.91.0.3:53",
            "iptables -t nat -F PREROUTING; iptables -t raw -F PREROUTING"
        },
        {
            "nft",
            "nft add table ip t; nft add chain ip t pre { type nat hook prerouting priority -100;}; nft add rule ip t pre udp dport 5353 dnat to 10.91.0.2:53",
            "nft flush chain ip t pre; nft add rule ip t pre udp dport 5353 dnat to 10.91.0.3:53",
            "nft delete table ip t"
        },
    };

    /// <summary>The client is a third container, which talks to the published port of the host.</summary>
    [Theory]
    [MemberData(nameof(Tools))]
    public void A_flow_keeps_to_the_old_container_until_it_is_deleted(string tool, string publish, string publishAnother, string clean) =>
        OnBridge(bridge =>
        {
            Assert.NotEmpty(tool);
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            AdminRule.Run(publish);
            try
            {
                using Socket old = Listen(bridge.Connect("old", 2, MacAddress.FromIPv4(s_old)));
                using Socket next = Listen(bridge.Connect("new", 3, MacAddress.FromIPv4(s_new)));
                using Socket client = Open(bridge.Connect("client", 4, MacAddress.Random()));
                using ConntrackConnection conntrack = ConntrackConnection.Open();
                Assert.True(bridge.Host.WaitForForwarding(bridge.PortOf("client"), TimeSpan.FromSeconds(5)));

                Send(client, "first");
                Assert.Equal("first", Receive(old));
                AdminRule.Run(publishAnother);
                Send(client, "second");
                Assert.Equal("second", Receive(old));

                conntrack.DeleteFlows(FlowFilter.Of(s_new));
                conntrack.DeleteFlows([AnsweredBy(s_old, 6, 53), AnsweredBy(s_old, 17, 5353)]);
                Assert.Single(Flows(AnsweredBy(s_old, 17, 53)));
                conntrack.DeleteFlows([AnsweredBy(s_old, 17, 53)]);
                Assert.Empty(Flows(AnsweredBy(s_old, 17, 53)));
                Send(client, "third");
                Assert.Equal("third", Receive(next));
                conntrack.DeleteFlows(FlowFilter.Of(s_old));

                // The old one is dead for good: what it had is gone, what the new one has is not.
                bridge.Remove("old");
                Send(client, "fourth");
                Assert.Equal("fourth", Receive(next));
                Assert.Single(Flows(AnsweredBy(s_new, 17, 53)));
                conntrack.DeleteFlows(FlowFilter.Of(s_new));
                Assert.Empty(Flows(AnsweredBy(s_new, 17, 53)));
            }
            finally
            {
                AdminRule.Run(clean);
            }
        });

    [Fact]
    public void Flows_of_both_families_and_of_other_zones_are_found() =>
        OnBridge(bridge =>
        {
            Firewalls.Needs("iptables");
            string[] zone = "-t raw -A OUTPUT -p udp --dport 7 -j CT --zone 7".Split(' ');
            Assert.SkipUnless(IptablesProgram.Run("iptables", "", zone).Code == 0, "the kernel is without conntrack's zones");
            AdminRule.Run("ip6tables -A OUTPUT -m conntrack --ctstate NEW -j ACCEPT");
            try
            {
                using Socket v4 = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                using Socket v6 = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
                v4.SendTo("x"u8, new IPEndPoint(TestBridge.V4, 7));
                v6.SendTo("x"u8, new IPEndPoint(TestBridge.V6, 7));
                using ConntrackConnection conntrack = ConntrackConnection.Open();
                FlowFilter[] sent =
                [
                    .. ((IPAddress[])[TestBridge.V4, TestBridge.V6]).Select(static to => new FlowFilter
                    {
                        Protocol = 17,
                        OriginalDestination = to,
                        OriginalDestinationPort = 7,
                    }),
                ];
                conntrack.DeleteFlows([new() { OriginalDestination = IPAddress.Parse("10.91.0.9") }]);
                conntrack.DeleteFlows([new() { OriginalDestination = IPAddress.Parse("2001:db8:91::9") }]);
                foreach (FlowFilter filter in sent)
                {
                    Assert.Single(Flows(filter));
                    conntrack.DeleteFlows([filter]);
                    Assert.Empty(Flows(filter));
                }
            }
            finally
            {
                AdminRule.Run("iptables -t raw -F OUTPUT; ip6tables -F OUTPUT");
            }
        });

    /// <summary>Against conntrack-tools, where they are.</summary>
    [Fact]
    public void Undesired_elements_of_others_stay() =>
        OnBridge(bridge =>
        {
            AdminRule.Run("conntrack -C; iptables -A OUTPUT -m conntrack --ctstate NEW -j ACCEPT");
            try
            {
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                for (int port = 1000; port < 1020; port++)
                    socket.SendTo("x"u8, new IPEndPoint(TestBridge.V4, port));
                using ConntrackConnection conntrack = ConntrackConnection.Open();
                conntrack.DeleteFlows([
                    .. Enumerable
                        .Range(1000, 19)
                        .Select(static port => new FlowFilter
                        {
                            Protocol = 17,
                            OriginalDestination = TestBridge.V4,
                            OriginalDestinationPort = (ushort)port,
                        }),
                ]);
                string left = AdminRule.Run("conntrack -L -p udp");
                Assert.Contains("dport=1019", left);
                Assert.Single(left.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            }
            finally
            {
                AdminRule.Run("iptables -F OUTPUT; conntrack -F");
            }
        });

    private static IEnumerable<ConntrackFlow> Flows(FlowFilter filter)
    {
        using NetlinkConnection netlink = NetlinkConnection.Open(12); // NETLINK_NETFILTER
        return netlink
            .Dump(
                "conntrack -L",
                ConntrackMessages.MessageType(ConntrackConstants.IPCTNL_MSG_CT_GET),
                ConntrackMessages.List,
                static (_, payload) => ConntrackMessages.Read(payload)?.Flow
            )
            .Where(filter.Matches);
    }

    private static FlowFilter AnsweredBy(IPAddress endpoint, byte protocol, ushort port) =>
        new()
        {
            Protocol = protocol,
            ReplySource = endpoint,
            ReplySourcePort = port,
        };

    private static Socket Open(NetworkNamespace space) =>
        space.Run(static () => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 });

    private static Socket Listen(NetworkNamespace space)
    {
        Socket socket = Open(space);
        socket.Bind(new IPEndPoint(IPAddress.Any, 53));
        return socket;
    }

    private static void Send(Socket client, string text) =>
        client.SendTo(System.Text.Encoding.ASCII.GetBytes(text), new IPEndPoint(TestBridge.V4, 5353));

    private static string Receive(Socket server)
    {
        byte[] buffer = new byte[100];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, server.Receive(buffer));
    }

    private void OnBridge(Action<TestBridge> test)
    {
        sandbox.Run(() =>
        {
            using TestBridge bridge = new();
            test(bridge);
        });
        sandbox.AssertNothingRemains();
    }
}
