using System.Net;
using BridgeNet.Conntrack;
using BridgeNet.Core.Tests.Netlink;
using BridgeNet.Netlink;
using Xunit;
using static Tmds.Linux.LibC;

namespace BridgeNet.Core.Tests.Conntrack;

public sealed class ConntrackTests
{
    // Two messages of one list of Linux 6.18, without their headers: udp 10.9.0.1:40000 > 10.9.0.1:5353, diverted to 10.9.0.2:53,
    // and udp 2001:db8::1.40001 > 2001:db8::2.53.
    private const string OriginalV4 =
        "14000180" + "080001000a090001" + "080002000a090001" + "1c000280" + "0500010011000000" + "060002009c400000" + "0600030014e90000";
    private const string Id = "08000c0020f59a55";
    private const string V4 =
        "02000000"
        + "34000180"
        + OriginalV4
        + "34000280"
        + "14000180"
        + "080001000a090002"
        + "080002000a090001"
        + "1c000280"
        + "0500010011000000"
        + "0600020000350000"
        + "060003009c400000"
        + "08000300000001a8"
        + "0800080000000000"
        + Id
        + "08000b0000000001"
        + "080007000000001d";
    private const string V6 =
        "0a000000"
        + "4c000180"
        + "2c000180"
        + "1400030020010db8000000000000000000000001"
        + "1400040020010db8000000000000000000000002"
        + "1c000280"
        + "0500010011000000"
        + "060002009c410000"
        + "0600030000350000"
        + "4c000280"
        + "2c000180"
        + "1400030020010db8000000000000000000000002"
        + "1400040020010db8000000000000000000000001"
        + "1c000280"
        + "0500010011000000"
        + "0600020000350000"
        + "060003009c410000"
        + "0800030000000008"
        + "0800080000000000"
        + "08000c00a977bdf9"
        + "08000b0000000001"
        + "080007000000001d";

    private static readonly IPAddress s_host = IPAddress.Parse("10.9.0.1"),
        s_endpoint = IPAddress.Parse("10.9.0.2");

    // A filter that the kernel is not asked for.
    private static readonly FlowFilter[] s_listed = [new() { OriginalSource = IPAddress.Parse("2001:db8::1") }];

    // conntrack -C of a namespace with two flows.
    private static readonly byte[][] s_some = [Counted("0000000008000100" + "00000002"), ScriptedKernel.Error(0)];

    [Fact]
    public void A_diverted_flow_is_read() =>
        Assert.Equal(
            new ConntrackFlow(17, new FlowTuple(s_host, 40000, s_host, 5353), new FlowTuple(s_endpoint, 53, s_host, 40000)),
            Read(V4)!.Flow
        );

    [Fact]
    public void An_IPv6_flow_is_read()
    {
        IPAddress one = IPAddress.Parse("2001:db8::1"),
            two = IPAddress.Parse("2001:db8::2");
        Assert.Equal(new ConntrackFlow(17, new FlowTuple(one, 40001, two, 53), new FlowTuple(two, 53, one, 40001)), Read(V6)!.Flow);
    }

    [Theory]
    [InlineData(V4)]
    [InlineData(V6)]
    public void A_message_cut_off_anywhere_is_no_flow_or_the_same(string hex)
    {
        byte[] whole = Convert.FromHexString(hex);
        ConntrackFlow flow = Read(hex)!.Flow;
        int tuples = 4 + (whole[4] * 2);
        for (int length = 0; length < whole.Length; length++)
        {
            ConntrackEntry? entry = ConntrackMessages.Read(whole.AsSpan(0, length));
            Assert.Equal(length < tuples ? null : flow, entry?.Flow);
        }
    }

    [Fact]
    public void Bytes_that_are_no_message_do_not_throw()
    {
        var random = new Random(1);
        byte[] whole = Convert.FromHexString(V4);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(4, damaged.Length)] = (byte)random.Next(256);
            _ = ConntrackMessages.Read(damaged);
        }
    }

    [Fact]
    public void An_endpoints_flows_are_those_it_answers_and_those_it_is_either_end_of()
    {
        ConntrackFlow flow = Read(V4)!.Flow;
        Assert.Contains(FlowFilter.Of(s_host), filter => filter.Matches(flow));
        Assert.Contains(FlowFilter.Of(s_endpoint), filter => filter.Matches(flow));
        Assert.DoesNotContain(FlowFilter.Of(IPAddress.Parse("10.9.0.3")), filter => filter.Matches(flow));
    }

    public static readonly TheoryData<bool, string> Filters = new()
    {
        { true, "conntrack -D -p udp -d 10.9.0.1 --orig-port-dst 5353 -r 10.9.0.2 --reply-port-src 53" },
        { false, "conntrack -D -p tcp -d 10.9.0.1 --orig-port-dst 5353 -r 10.9.0.2 --reply-port-src 53" },
        { false, "conntrack -D -p udp -d 10.9.0.2 --orig-port-dst 5353 -r 10.9.0.2 --reply-port-src 53" },
        { false, "conntrack -D -p udp -d 10.9.0.1 --orig-port-dst 53 -r 10.9.0.2 --reply-port-src 53" },
        { false, "conntrack -D -p udp -d 10.9.0.1 --orig-port-dst 5353 -r 10.9.0.1 --reply-port-src 53" },
        { false, "conntrack -D -p udp -d 10.9.0.1 --orig-port-dst 5353 -r 10.9.0.2 --reply-port-src 5353" },
    };

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_filter_means_what_agrees_with_all_of_it_and_prints_as_the_command(bool matches, string command)
    {
        string[] words = command.Split(' ');
        string After(string option) => words[Array.IndexOf(words, option) + 1];
        FlowFilter filter = new()
        {
            Protocol = (byte)(After("-p") == "udp" ? 17 : 6),
            OriginalDestination = IPAddress.Parse(After("-d")),
            OriginalDestinationPort = ushort.Parse(After("--orig-port-dst")),
            ReplySource = IPAddress.Parse(After("-r")),
            ReplySourcePort = ushort.Parse(After("--reply-port-src")),
        };
        Assert.Equal(matches, filter.Matches(Read(V4)!.Flow));
        Assert.Equal(command, filter.ToString());
    }

    /// <summary>nfnetlink_conntrack.h, and CTA_FILTER_F_… of nf_conntrack_netlink.c: no tool sends it yet.</summary>
    [Fact]
    public void The_kernel_is_asked_by_a_filter()
    {
        var kernel = new ScriptedKernel([ScriptedKernel.Error(0)]);
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows([
            new()
            {
                Protocol = 17,
                OriginalDestination = s_host,
                OriginalDestinationPort = 5353,
                ReplySource = s_endpoint,
                ReplySourcePort = 53,
            },
        ]);
        Assert.Equal(
            "70000000"
                + "02010500"
                + "00000000"
                + "02000000"
                + "24000180"
                + "0c000180"
                + "080002000a090001"
                + "14000280"
                + "0500010011000000"
                + "0600030014e90000"
                + "24000280"
                + "0c000180"
                + "080001000a090002"
                + "14000280"
                + "0500010011000000"
                + "0600020000350000"
                + "14001980"
                + "080001002a000000"
                + "0800020019000000",
            Hex(Assert.Single(kernel.Sent))
        );
    }

    [Fact]
    public void A_kernel_that_knows_no_filters_is_asked_for_a_list()
    {
        var kernel = new ScriptedKernel(
            [ScriptedKernel.Error(EINVAL)],
            s_some,
            [Listed(V4), Listed(V6), ScriptedKernel.Done()],
            [ScriptedKernel.Error(0)]
        );
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows([new() { ReplySource = s_endpoint }]);
        // IPCTNL_MSG_CT_GET, NLM_F_DUMP, of any family: as conntrack -L sends it.
        Assert.Equal("14000000" + "01010103" + "00000000" + "00000000", Hex(kernel.Sent[2]));
        // conntrack -D sends the reply tuple, timeout, mark and status too, of which the kernel looks at none.
        Assert.Equal("50000000" + "02010500" + "00000000" + "02000000" + "34000180" + OriginalV4 + Id, Hex(kernel.Sent[3]));
        Assert.Equal(4, kernel.Sent.Count);
    }

    public static readonly TheoryData<string, byte?, ushort?> NotForTheKernel = new()
    {
        { "2001:db8::1", null, null }, // it would delete all others (see FlowFilter)
        { "10.9.0.1", 132, 5353 },
    };

    [Theory]
    [MemberData(nameof(NotForTheKernel))]
    public void A_filter_that_the_kernel_would_widen_is_applied_to_a_listing(string address, byte? protocol, ushort? port)
    {
        var kernel = new ScriptedKernel(s_some, [Listed(V4), Listed(V6), ScriptedKernel.Done()], [ScriptedKernel.Error(0)]);
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows([
            new()
            {
                OriginalSource = IPAddress.Parse(address),
                Protocol = protocol,
                OriginalDestinationPort = port,
            },
        ]);
        Assert.Equal("05010500", Hex(kernel.Sent[0])[8..16]); // IPCTNL_MSG_CT_GET_STATS
        Assert.Equal(port is null ? 3 : 2, kernel.Sent.Count);
    }

    [Fact]
    public void Many_filters_lead_to_one_listing()
    {
        var kernel = new ScriptedKernel(s_some, [Listed(V4), ScriptedKernel.Done()], [ScriptedKernel.Error(0)]);
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows([
            .. Enumerable.Range(1, 33).Select(static number => new FlowFilter { ReplySource = IPAddress.Parse($"10.9.0.{number}") }),
        ]);
        Assert.Equal(3, kernel.Sent.Count);
    }

    [Fact]
    public void A_filter_without_an_address_is_none()
    {
        var kernel = new ScriptedKernel();
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        Assert.Throws<InvalidOperationException>(() => conntrack.DeleteFlows([new() { Protocol = 6 }]));
        conntrack.DeleteFlows([]);
        Assert.Empty(kernel.Sent);
    }

    [Fact]
    public void A_flow_of_another_zone_is_deleted_there()
    {
        const string zone = "0600120000070000";
        var kernel = new ScriptedKernel(s_some, [Listed(V6 + zone), ScriptedKernel.Done()], [ScriptedKernel.Error(0)]);
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows(s_listed);
        Assert.Contains(zone, Hex(kernel.Sent[2]));
    }

    [Fact]
    public void A_flow_that_ended_concurrently_is_no_failure()
    {
        var kernel = new ScriptedKernel(
            s_some,
            [Listed(V6), Listed(V6), ScriptedKernel.Done()],
            [ScriptedKernel.Error(ENOENT)],
            [ScriptedKernel.Error(0)]
        );
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows(s_listed);
        Assert.Equal(4, kernel.Sent.Count);
    }

    [Fact]
    public void Another_refusal_is_a_failure()
    {
        var kernel = new ScriptedKernel(s_some, [Listed(V6), ScriptedKernel.Done()], [ScriptedKernel.Error(EPERM)]);
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        Assert.Equal(EPERM, Assert.Throws<NetlinkException>(() => conntrack.DeleteFlows(s_listed)).Errno);
    }

    /// <summary>A delete that names no flow would empty the whole table.</summary>
    [Fact]
    public void Nothing_is_deleted_that_has_no_tuple()
    {
        var kernel = new ScriptedKernel(
            s_some,
            [ScriptedKernel.Message(0x100, [2, 0, 0, 0]), Listed("02000000" + Id), ScriptedKernel.Done()]
        );
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows(s_listed);
        Assert.Equal(2, kernel.Sent.Count);
    }

    [Fact]
    public void Without_flows_no_search_is_made()
    {
        var kernel = new ScriptedKernel([Counted("0000000008000100" + "00000000"), ScriptedKernel.Error(0)]);
        using var conntrack = new ConntrackConnection(new NetlinkConnection(kernel));
        conntrack.DeleteFlows(s_listed);
        Assert.Equal("14000000" + "05010500" + "00000000" + "00000000", Hex(Assert.Single(kernel.Sent)));
    }

    [Theory]
    [InlineData("0000000008000100" + "00012345", 0x12345u)]
    [InlineData("0000000008000100" + "000123", uint.MaxValue)]
    [InlineData("00000000", uint.MaxValue)]
    [InlineData("", uint.MaxValue)]
    public void A_count_that_is_not_there_is_not_zero(string hex, uint count) =>
        Assert.Equal(count, ConntrackMessages.ReadCount(Convert.FromHexString(hex)));

    private static byte[] Counted(string hex) => ScriptedKernel.Message(0x105, Convert.FromHexString(hex));

    private static ConntrackEntry? Read(string hex) => ConntrackMessages.Read(Convert.FromHexString(hex));

    private static byte[] Listed(string hex) => ScriptedKernel.Message(0x100, Convert.FromHexString(hex));

    /// <summary>Without the sequence number.</summary>
    private static string Hex(byte[] message) => Convert.ToHexStringLower([.. message[..8], .. message[12..]]);
}
