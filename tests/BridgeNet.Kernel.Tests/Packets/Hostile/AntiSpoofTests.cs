using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Probes;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>
/// What root in a container sends as somebody else, on a network with anti-spoofing and on one without: there everything gets to its
/// neighbour.
/// </summary>
public sealed class AntiSpoofTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly MacAddress s_other = MacAddress.Parse("02:00:00:00:00:99");
    private static readonly IPAddress s_none4 = IPAddress.Any,
        s_none6 = IPAddress.IPv6Any;

    public static TheoryData<string, string> Cases => Matrix.Cases;

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_container_can_impersonate_another(string backend, string bridged) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using BridgeNetfilter nf = new(bridged);
                using Pair guarded = new(engine, "guarded", 50, antiSpoof: true),
                    open = new(engine, "open", 51, antiSpoof: false);
                Try[] of = [.. Tries(guarded)];
                bool[] reached = guarded.Send(Tries(guarded), wait: static attempt => attempt.Reaches),
                    without = open.Send(Tries(open), wait: static _ => true);
                Counts.Print(
                    $"{backend}, bridge-nf-call {bridged}: {of.Length} kinds of frames; {reached.Count(static one => one)} reached, {reached.Count(static one => !one)} blocked; {without.Count(static one => one)} reached without anti-spoofing"
                );
                string[] surprises =
                [
                    .. of.Where((attempt, i) => reached[i] != attempt.Reaches)
                        .Select(static attempt => $"{attempt.What} {(attempt.Reaches ? "does not reach" : "reaches")} the neighbour"),
                    .. of.Where((attempt, i) => !without[i] && !(attempt.IsLostBridged && bridged == "1"))
                        .Select(static attempt =>
                            $"{attempt.What} does not reach the neighbour without anti-spoofing, so it shows nothing"
                        ),
                ];
                Assert.True(surprises.Length == 0, string.Join('\n', surprises));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void With_empty_sets_no_container_can_send(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Pair guarded = new(engine, "guarded", 50, antiSpoof: true);
                Assert.Contains(true, guarded.Send(Tries(guarded), static attempt => attempt.Reaches));
                using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
                new NftBatch("bridgenet", NftConstants.NFPROTO_BRIDGE)
                    .FlushSets("macs", "sources4", "sources6")
                    .Commit(netlink, "nft flush sets");
                Assert.DoesNotContain(true, guarded.Send(Tries(guarded), static _ => false));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_container_cannot_make_a_bridge_learn_a_wrong_port_for_a_neighbour(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Pair guarded = new(engine, "guarded", 50, antiSpoof: true),
                    open = new(engine, "open", 51, antiSpoof: false);
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                foreach (Pair pair in (Pair[])[open, guarded])
                {
                    // LLDP's address: a bridge takes such a frame itself, ahead of all rules, and learns from it.
                    MacAddress unknown = MacAddress.Parse(pair == open ? "02:00:00:00:00:77" : "02:00:00:00:00:88");
                    foreach (MacAddress source in (MacAddress[])[pair.Victim.MacAddress!.Value, unknown])
                        pair.Send([.. MacAddress.Parse("01:80:c2:00:00:0e").GetBytes(), .. source.GetBytes(), 0x88, 0xcc, 0, 0]);
                    Assert.Equal(pair == open, links.GetForwarding().Any(entry => entry.Mac == unknown));
                    pair.Send([.. s_other.GetBytes(), .. pair.Victim.MacAddress!.Value.GetBytes(), 0x88, 0xb5, 0, 0]);
                    int behind = links.GetForwarding().Single(entry => entry.Mac == pair.Victim.MacAddress!.Value).LinkIndex;
                    Assert.Equal(links.FindLink((pair == open ? pair.Attacker : pair.Victim).HostInterface)!.Index, behind);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_begins_and_ends_while_the_network_is_in_use(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                // The first of such networks has all rules written anew, and the groups with them.
                using Pair other = new(engine, "other", 51, antiSpoof: true),
                    pair = new(engine, "net", 50, antiSpoof: false);
                using Conversation four = pair.Converse(AddressFamily.InterNetwork),
                    six = pair.Converse(AddressFamily.InterNetworkV6);
                foreach (bool check in (bool[])[true, false])
                {
                    engine.Change("net", NetworkOptions.AntiSpoof, check ? "true" : "false");
                    Assert.Empty(engine.FindDrift(null));
                    bool Reaches(Try attempt) => attempt.Reaches || (!check && !attempt.IsLostBridged);
                    bool[] reached = pair.Send(Tries(pair), Reaches);
                    Assert.Equal(Tries(pair).Select(Reaches), reached);
                    // A change of rules ends what conntrack knows, and begins it anew for what still may.
                    Assert.All((Conversation[])[four, six], static one => Assert.True(one.GoesOn() && one.IsAnswered()));
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Forged_neighbour_entries_end_when_anti_spoofing_begins(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Pair pair = new(engine, "net", 50, antiSpoof: false);
                string victim = pair.Victim.ContainerName;
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                void IsTricked(IPAddress gateway, IPAddress claimed)
                {
                    Assert.True(engine.Pings(victim, gateway));
                    pair.Send(
                        claimed.AddressFamily == AddressFamily.InterNetwork
                            ? LinkFrames.Arp(
                                1,
                                pair.Attacker.MacAddress!.Value,
                                (pair.Attacker.MacAddress!.Value, claimed),
                                claimed,
                                number: 0
                            )
                            : AnnouncementFrames.Advertisement(pair.Attacker.MacAddress!.Value, claimed)
                    );
                    Assert.True(engine.Misses(victim, gateway));
                }
                foreach (
                    (IPAddress gateway, IPAddress own) in ((IPAddress, IPAddress)[])
                        [(pair.Victim.Gateway!, pair.Victim.IPAddress!), (pair.Victim.IPv6Gateway!, pair.Victim.IPv6Address!)]
                )
                {
                    foreach (IPAddress claimed in (IPAddress[])[gateway, own])
                    {
                        IsTricked(gateway, claimed);
                        engine.Change("net", NetworkOptions.AntiSpoof, "true");
                        Assert.True(engine.Pings(victim, gateway));
                        // Nor is what the table did not stop while it was away.
                        using (NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER))
                            new NftBatch("bridgenet", NftConstants.NFPROTO_BRIDGE).DeleteTable().Commit(netlink, "nft delete table");
                        IsTricked(gateway, claimed);
                        Assert.Empty(engine.Repair(["net"], new ChangeContext()).Problems);
                        Assert.True(engine.Pings(victim, gateway));
                        engine.Change("net", NetworkOptions.AntiSpoof, "false");
                        Assert.Empty(engine.FindDrift(null));
                    }
                }
                // Who is down hears nothing and says nothing, and keeps nobody from it.
                SetDown(engine.FindContainer(victim).NetNSPath, "eth0");
                engine.Change("net", NetworkOptions.AntiSpoof, "true");
                links.SetDown(links.FindLink(engine.FindNetwork("net").BridgeName!)!.Index);
                SetDown(engine.FindContainer(victim).NetNSPath, "eth0");
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                engine.Change("net", NetworkOptions.AntiSpoof, "false");
                pair.Send([.. s_other.GetBytes(), .. s_other.GetBytes(), 0x88, 0xb5, 0, 0]);
                Assert.Contains(links.GetForwarding(), static entry => entry.Mac == s_other);
                engine.Change("net", NetworkOptions.AntiSpoof, "true");
                Assert.DoesNotContain(links.GetForwarding(), static entry => entry.Mac == s_other);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_table_that_was_deleted_comes_back_for_all_with_the_next_change(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Pair pair = new(engine, "net", 50, antiSpoof: true);
                using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
                foreach (
                    Action change in (Action[])[() => engine.Start("third", new EndpointRequest("net")), () => engine.Leave("third", "net")]
                )
                {
                    new NftBatch("bridgenet", NftConstants.NFPROTO_BRIDGE).DeleteTable().Commit(netlink, "nft delete table");
                    change();
                    Assert.Empty(engine.FindDrift(null));
                    Assert.Equal(
                        Tries(pair).Select(static attempt => attempt.Reaches),
                        pair.Send(Tries(pair), static attempt => attempt.Reaches)
                    );
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_reconnected_container_is_checked_by_its_new_address(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Pair pair = new(engine, "net", 50, antiSpoof: true);
                engine.Leave("net-attacker", "net");
                EndpointRow again = engine.Join(
                    "net-attacker",
                    new EndpointRequest("net") { IPAddress = "10.50.0.77", LinkLocalAddresses = ["169.254.7.7", "fe80::77"] }
                );
                Assert.True(engine.Pings("net-attacker", pair.Victim.IPAddress!));
                Assert.True(engine.Pings("net-victim", again.IPAddress!));
                Assert.True(engine.Pings("net-victim", again.IPv6Address!));
                Assert.Empty(engine.FindDrift(null));
                using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
                Assert.Equal((2, 3, 5), (Count(netlink, "macs"), Count(netlink, "sources4"), Count(netlink, "sources6")));
                engine.Leave("net-attacker", "net");
                Assert.Equal((1, 1, 2), (Count(netlink, "macs"), Count(netlink, "sources4"), Count(netlink, "sources6")));
                // The last network of them takes the table, whatever else there is.
                engine.Make(new NetworkRequest("other"));
                engine.Remove("net");
                Assert.False(NftTable.Exists(netlink, NftConstants.NFPROTO_BRIDGE, "bridgenet"));
            }
        );

    private static void SetDown(string path, string link)
    {
        using NetworkNamespace inside = NetworkNamespace.Open(path);
        using RtnetlinkConnection links = inside.OpenRtnetlink();
        links.SetDown(links.FindLink(link)!.Index);
    }

    private static int Count(NetlinkConnection netlink, string set) =>
        NftTable.Elements(netlink, NftConstants.NFPROTO_BRIDGE, "bridgenet", set)!.Count;

    private static IReadOnlyList<Try> Tries(Pair pair)
    {
        MacAddress mac = pair.Attacker.MacAddress!.Value,
            victim = pair.Victim.MacAddress!.Value;
        IPAddress own4 = pair.Attacker.IPAddress!,
            own6 = pair.Attacker.IPv6Address!,
            ownLocal = mac.ToLinkLocal();
        IPAddress victim4 = pair.Victim.IPAddress!,
            victim6 = pair.Victim.IPv6Address!,
            gateway4 = pair.Attacker.Gateway!,
            gateway6 = pair.Attacker.IPv6Gateway!;
        Craft Packet(IPAddress source) => new(mac, victim, source, source.AddressFamily == AddressFamily.InterNetwork ? victim4 : victim6);
        List<Try> tries = [];
        void Add(bool reaches, string what, Func<int, byte[]> frame) => tries.Add(new(what, reaches, number => [frame(number)]));
        foreach (IPAddress own in (IPAddress[])[own4, own6, ownLocal])
        {
            Add(true, $"a datagram from {own}", number => Packet(own).Datagram(number, 90));
            Add(true, $"a ping from {own}", Packet(own).Ping);
            Add(true, $"behind headers from {own}", number => Packet(own).BehindHeaders(number, 90));
            Add(true, $"a datagram with a tag for no VLAN from {own}", number => Craft.Tagged(Packet(own).Datagram(number, 90)));
            tries.Add(new($"fragments from {own}", true, number => Packet(own).Fragments(number, 90)));
            tries.Add(new($"later fragments from {own}", true, number => Packet(own).Fragments(number, 90, late: true)));
            if (own.AddressFamily == AddressFamily.InterNetworkV6)
                tries.Add(
                    new(
                        $"later fragments behind a header from {own}",
                        true,
                        number => Packet(own).Fragments(number, 90, late: true, header: true)
                    )
                );
            Add(false, $"from {own} with another Ethernet address", number => (Packet(own) with { From = s_other }).Datagram(number, 90));
            Add(
                false,
                $"from {own} with the neighbour's Ethernet address",
                number => (Packet(own) with { From = pair.BridgeMac }).Datagram(number, 90)
            );
        }
        foreach (
            IPAddress source in (IPAddress[])
                [
                    victim4,
                    gateway4,
                    IPAddress.Parse("203.0.113.9"),
                    s_none4,
                    victim6,
                    gateway6,
                    victim.ToLinkLocal(),
                    IPAddress.Parse("fe80::9"),
                    IPAddress.Parse("2001:db8:99::9"),
                    s_none6,
                ]
        )
        {
            Add(false, $"a datagram from {source}", number => Packet(source).Datagram(number, 90));
            Add(false, $"behind headers from {source}", number => Packet(source).BehindHeaders(number, 90));
            tries.Add(new($"fragments from {source}", false, number => Packet(source).Fragments(number, 90)));
            Add(false, $"with a tag from {source}", number => Craft.Tagged(Packet(source).Datagram(number, 90)));
            Add(false, $"with two tags from {source}", number => Craft.Tagged(Craft.Tagged(Packet(source).Datagram(number, 90))));
        }
        Add(false, "a protocol of its own", number => [.. victim.GetBytes(), .. mac.GetBytes(), 0x88, 0xb5, .. Craft.Payload(number)]);
        Add(
            false,
            "a frame of IEEE 802.3",
            number => [.. victim.GetBytes(), .. mac.GetBytes(), 0, 17, 0xaa, 0xaa, 0x03, .. Craft.Payload(number)]
        );

        foreach (byte operation in (byte[])[1, 2])
        {
            Add(true, $"ARP {operation} of itself", number => LinkFrames.Arp(operation, mac, (mac, own4), victim4, number));
            Add(true, $"ARP {operation} to all of itself", number => LinkFrames.Arp(operation, mac, (mac, own4), own4, number));
            Add(
                false,
                $"ARP {operation} of the gateway's address",
                number => LinkFrames.Arp(operation, mac, (mac, gateway4), victim4, number)
            );
            Add(
                false,
                $"ARP {operation} of the neighbour's address",
                number => LinkFrames.Arp(operation, mac, (mac, victim4), victim4, number)
            );
            Add(
                false,
                $"ARP {operation} of another Ethernet address",
                number => LinkFrames.Arp(operation, mac, (s_other, own4), victim4, number)
            );
            Add(false, $"ARP {operation} of the neighbour", number => LinkFrames.Arp(operation, mac, (victim, victim4), victim4, number));
            Add(
                false,
                $"ARP {operation} in a frame of another",
                number => LinkFrames.Arp(operation, s_other, (mac, own4), victim4, number)
            );
            Add(
                false,
                $"ARP {operation} of IEEE 802",
                number => LinkFrames.Arp(operation, mac, (mac, gateway4), victim4, number, hardware: 6)
            );
            Add(
                false,
                $"ARP {operation} with addresses elsewhere",
                number => LinkFrames.Arp(operation, mac, (mac, own4), victim4, number, length: 8)
            );
            Add(
                false,
                $"ARP {operation} with a tag",
                number => Craft.Tagged(LinkFrames.Arp(operation, mac, (mac, gateway4), victim4, number))
            );
        }
        Add(true, "a probe for its own address", number => LinkFrames.Arp(1, mac, (mac, s_none4), own4, number));
        Add(false, "a probe for the neighbour's address", number => LinkFrames.Arp(1, mac, (mac, s_none4), victim4, number));

        foreach ((byte type, string what) in ((byte, string)[])[(135, "a solicitation"), (136, "an advertisement")])
        {
            bool asks = type == 135;
            Add(true, $"{what} of its own address", number => LinkFrames.Neighbour(type, mac, own6, own6, number));
            Add(true, $"{what} of its own link-local address", number => LinkFrames.Neighbour(type, mac, ownLocal, ownLocal, number));
            foreach (IPAddress target in (IPAddress[])[victim6, gateway6, victim.ToLinkLocal(), IPAddress.Parse("fe80::9")])
            {
                Add(asks, $"{what} of {target}", number => LinkFrames.Neighbour(type, mac, ownLocal, target, number));
                Add(
                    asks,
                    $"{what} of {target} behind headers",
                    number => LinkFrames.Neighbour(type, mac, own6, target, number, headers: 2)
                );
                Add(false, $"{what} of {target} from it", number => LinkFrames.Neighbour(type, mac, target, target, number));
                Add(false, $"{what} of {target} from nobody", number => LinkFrames.Neighbour(type, mac, s_none6, target, number));
                Add(false, $"{what} of its own address from {target}", number => LinkFrames.Neighbour(type, mac, target, own6, number));
            }
            Add(asks, $"{what} of its own address from nobody", number => LinkFrames.Neighbour(type, mac, s_none6, own6, number));
        }
        foreach ((int headers, byte said) in ((int, byte)[])[(1, 60), (1, 17), (2, 60), (2, 17)])
            tries.Add(
                new(
                    $"an advertisement of {gateway6} that a fragment hides behind {headers} headers and calls {said}",
                    false,
                    number => LinkFrames.Hidden(mac, own6, gateway6, number, headers, said)
                )
                {
                    IsLostBridged = headers == 2,
                }
            );
        Add(false, "a router advertisement", number => LinkFrames.Neighbour(134, mac, ownLocal, victim6, number));
        Add(
            false,
            "a router advertisement behind headers",
            number => LinkFrames.Neighbour(134, mac, ownLocal, victim6, number, headers: 1)
        );
        Add(true, "a report of groups before it has an address", number => LinkFrames.Neighbour(143, mac, s_none6, own6, number));
        Add(true, "a router solicitation", number => LinkFrames.Neighbour(133, mac, ownLocal, own6, number));
        return tries;
    }

    /// <summary>One try.</summary>
    /// <param name="What">Of what kind.</param>
    /// <param name="Reaches">Whether it should reach the neighbour.</param>
    /// <param name="Frames">What is sent, with a number in it.</param>
    private sealed record Try(string What, bool Reaches, Func<int, byte[][]> Frames)
    {
        /// <summary>Whether a kernel whose firewall sees what is bridged joins and loses it.</summary>
        public bool IsLostBridged { get; init; }
    }

    /// <summary>A network with a victim and an attacker.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly NetworkNamespace _victim,
            _attacker;
        private readonly Hand _hand;
        private readonly Watch _watch = new();
        private int _sent;

        public Pair(Session engine, string name, int number, bool antiSpoof)
        {
            BridgeMac = engine
                .Make(
                    new NetworkRequest(name)
                    {
                        Subnets = [$"10.{number}.0.0/24", $"2001:db8:{number}::/64"],
                        Options = antiSpoof ? new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" } : [],
                    }
                )
                .BridgeMacAddress!.Value;
            Victim = engine.Start($"{name}-victim", new EndpointRequest(name)).Endpoints[0];
            Attacker = engine.Start($"{name}-attacker", new EndpointRequest(name)).Endpoints[0];
            _victim = NetworkNamespace.Open(engine.FindContainer(Victim.ContainerName).NetNSPath);
            _attacker = NetworkNamespace.Open(engine.FindContainer(Attacker.ContainerName).NetNSPath);
            _watch.Wire("victim", _victim);
            _hand = new Hand(_attacker);
        }

        public EndpointRow Victim { get; }

        public EndpointRow Attacker { get; }

        public MacAddress BridgeMac { get; }

        public void Send(byte[] frame) => _hand.Send(frame);

        /// <summary>Sends everything, and tells what the victim received of it.</summary>
        public bool[] Send(IReadOnlyList<Try> tries, Func<Try, bool> wait)
        {
            int first = _sent;
            _sent += tries.Count;
            for (int i = 0; i < tries.Count; i++)
            {
                foreach (byte[] frame in tries[i].Frames(first + i))
                    Send(frame);
                _watch.Read(0);
            }
            bool Reached(int i) => _watch.Has("victim", first + i);
            _watch.Until(() => Enumerable.Range(0, tries.Count).All(i => !wait(tries[i]) || Reached(i)));
            return [.. Enumerable.Range(0, tries.Count).Select(Reached)];
        }

        public Conversation Converse(AddressFamily family) =>
            new(_attacker, _victim, Victim.Address(family)!, 7000 + (int)family, 7000 + (int)family);

        public void Dispose()
        {
            _watch.Dispose();
            _hand.Dispose();
            _attacker.Dispose();
            _victim.Dispose();
        }
    }
}
