using System.Diagnostics;
using System.Net;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>
/// An answer passes where a question would not. So root in a container asks in the name of someone of another network, of itself or of an
/// accomplice, and what answers would get to him who never asked, and open the way back. Only what he asked himself is answered.
/// </summary>
public sealed class SpoofedFlowTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const int Open = 70,
        Service = 80;
    private static readonly MacAddress s_everybody = MacAddress.Parse("ff:ff:ff:ff:ff:ff");

    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Only_who_asked_is_answered(string backend, string bridged) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using BridgeNetfilter _ = new(bridged);
                using Field field = new(engine, state);
                Exchange[] exchanges = [.. Roles.Both.SelectMany(roles => Exchanges(field, roles))];
                bool[] reached = field.Run(exchanges, static exchange => exchange.Reaches);
                string[] surprises =
                [
                    .. exchanges
                        .Where((exchange, i) => reached[i] != exchange.Reaches)
                        .Select(static exchange => $"{exchange.What} {(exchange.Reaches ? "does not reach" : "reaches")} {exchange.At}"),
                ];
                // On a kernel without tables for links the rules are alone with what comes to the host.
                Battlefield.DeleteIngress();
                Exchange[] toHost = [.. exchanges.Where(static exchange => exchange.IsToHost)];
                Assert.Equal(
                    [],
                    toHost
                        .Zip(field.Run(toHost, static _ => false))
                        .Where(static one => one.Second)
                        .Select(static one => $"{one.First.What} reaches {one.First.At}")
                );
                using (IFirewallBackend rules = new GuardedFirewall(FirewallSelection.Open(backend)))
                    rules.Rebuild([]);
                bool[] without = field.Run(exchanges, static exchange => !exchange.Reaches && !exchange.NeedsTranslation);
                Counts.Print(
                    $"{backend}, bridge-nf-call {bridged}: {exchanges.Length} exchanges; {reached.Count(static one => one)} reached, {reached.Count(static one => !one)} blocked, of which {exchanges.Where((_, i) => !reached[i] && without[i]).Count()} get through without protection"
                );
                Assert.True(surprises.Length == 0, string.Join('\n', surprises));
                string[] empty =
                [
                    .. exchanges
                        .Where((exchange, i) => !exchange.Reaches && !without[i] && !exchange.NeedsTranslation)
                        .Select(static exchange =>
                            $"{exchange.What} shows nothing: it does not reach {exchange.At} without protection either"
                        ),
                ];
                Assert.True(empty.Length == 0, string.Join('\n', empty));
            }
        );

    private static IEnumerable<Exchange> Exchanges(Field field, Roles roles)
    {
        string four = roles.Name;
        IPAddress server = roles.Of("server"),
            neighbour = roles.Of("neighbour"),
            victim = roles.Of("stranger"),
            gateway = roles.Of("gateway"),
            wan = roles.Of("wan"),
            remote = roles.Of("remote");
        IPAddress opened = field.Address("opened", roles),
            second = field.Address("second", roles),
            dual = field.Address("server", roles, "other");
        MacAddress toHost = field.BridgeOf("net"),
            toHostByOther = field.BridgeOf("other"),
            toHostByOpen = field.BridgeOf("open");
        Exchange Of(string what, string at, bool reaches, params Frame[] frames) => new($"{four}: {what}", at, reaches, frames);
        Frame By(string who, Func<int, int, byte[]> make) => new(who, make);
        Craft From(string who, MacAddress to, IPAddress source, IPAddress destination) => new(field.MacOf(who), to, source, destination);

        // In the victim's name, and what answers: to him, or to the address of the host that he was translated to on the way. The host's
        // addresses come first: there a published port of the attacker's own waits.
        foreach (bool translated in (bool[])[false, true])
        {
            string whom = translated ? "to the host " : "";
            Exchange Answer(
                string what,
                MacAddress by,
                string who,
                IPAddress asked,
                int port,
                string answers,
                MacAddress through,
                IPAddress own,
                IPAddress host,
                int answersAt
            ) =>
                Of(
                    $"an answer {whom}of {what}",
                    "stranger",
                    false,
                    By(who, (number, _) => From(who, by, victim, asked).Datagram(number, port)),
                    By(answers, (number, to) => From(answers, through, own, translated ? host : victim).Datagram(number, to, answersAt))
                ) with
                {
                    NeedsTranslation = translated,
                };
            foreach (IPAddress host in (IPAddress[])[wan, gateway, roles.Of("other-gateway")])
                yield return Answer(
                    $"the attacker's published port at {host}",
                    toHost,
                    "server",
                    host,
                    8080,
                    "server",
                    toHost,
                    server,
                    gateway,
                    Service
                );
            yield return Answer("the attacker's own", toHost, "server", server, Service, "server", toHost, server, gateway, Service);
            foreach (
                (string way, MacAddress by) in ((string, MacAddress)[])
                    [("by way of the host", toHost), ("at once", field.MacOf("neighbour"))]
            )
            {
                yield return Answer(
                    $"a neighbour that was asked {way}",
                    by,
                    "server",
                    neighbour,
                    Service,
                    "neighbour",
                    toHost,
                    neighbour,
                    gateway,
                    Service
                );
                yield return Answer(
                    $"another machine that was asked {way}",
                    by,
                    "server",
                    remote,
                    90,
                    "remote",
                    field.WanMac,
                    remote,
                    wan,
                    90
                );
            }
            yield return Answer(
                "a port that is open to all",
                toHost,
                "server",
                opened,
                Open,
                "opened",
                toHostByOpen,
                opened,
                field.HostIn("open", roles),
                Open
            );
            yield return Answer(
                "a port that is open to all, whose neighbour asked,",
                field.MacOf("opened"),
                "second",
                opened,
                Open,
                "opened",
                toHostByOpen,
                opened,
                field.HostIn("open", roles),
                Open
            );
        }
        foreach (
            (string way, MacAddress by) in ((string, MacAddress)[])[("by way of the host", toHost), ("at once", field.MacOf("neighbour"))]
        )
        {
            yield return Of(
                $"another machine, in whose name a neighbour was asked {way},",
                "neighbour",
                false,
                By("server", (number, _) => From("server", by, remote, neighbour).Datagram(number, Service)),
                By("remote", (number, port) => From("remote", field.WanMac, remote, neighbour).Datagram(number, Service, port))
            );
        }

        // A connection that is whole within a network, and goes on out of it; and one of which one side is within, the other not.
        Frame opens = By(
            "server",
            (number, port) => From("server", field.MacOf("neighbour"), server, victim).Datagram(number, Service, port)
        );
        yield return Of(
            "what an answer within the network came before",
            "stranger",
            false,
            opens,
            By("neighbour", (number, port) => From("neighbour", field.MacOf("server"), victim, server).Datagram(number, port, Service)),
            By("server", (number, port) => From("server", toHost, server, victim).Datagram(number, Service, port))
        );
        yield return Of(
            "what someone of another network says to a question that never left its own",
            "server",
            false,
            opens,
            By("stranger", (number, port) => From("stranger", toHostByOther, victim, server).Datagram(number, port, Service))
        );
        // Both sides of a connection that nobody else sees: to everybody, to the host, to oneself. What goes on in it is no answer.
        foreach (
            (string who, string network, string to) in ((string, string, string)[])
                [("single", "lone", "stranger"), ("inner", "in", "inner2")]
        )
        {
            IPAddress own = field.Address(who, roles),
                asked = field.Address(to, roles);
            yield return Of(
                $"what {who} told everybody before",
                to,
                false,
                By(who, (number, port) => From(who, s_everybody, own, asked).Datagram(number, Service, port)),
                By(who, (number, port) => From(who, s_everybody, asked, own).Datagram(number, port, Service)),
                By(who, (number, port) => From(who, field.BridgeOf(network), own, asked).Datagram(number, Service, port))
            );
        }
        foreach (
            (string who, MacAddress through, IPAddress host) in ((string, MacAddress, IPAddress)[])
                [("server", toHost, gateway), ("remote", field.WanMac, wan)]
        )
        {
            // The kernel takes no IPv4 address of the host's own from outside, but the last one of its subnet.
            IPAddress names = roles == Roles.IPv4 ? new([.. host.GetAddressBytes()[..3], 255]) : host;
            yield return Of(
                $"what {who} told the host before",
                "stranger",
                false,
                By(who, (number, port) => From(who, through, victim, names).Datagram(number, Watch.HostPort, port)),
                By(who, (number, port) => From(who, through, names, victim).Datagram(number, port, Watch.HostPort))
            );
        }
        yield return Of(
            "what another machine told itself before",
            "stranger",
            false,
            By("remote", (number, port) => From("remote", field.WanMac, victim, remote).Datagram(number, 90, port)),
            By("remote", (number, port) => From("remote", field.WanMac, remote, victim).Datagram(number, port, 90))
        );
        yield return Of(
            "the answer of a published port that another machine asked",
            "stranger",
            false,
            By("remote", (number, _) => From("remote", field.WanMac, victim, wan).Datagram(number, 8080)),
            By("server", (number, port) => From("server", toHost, server, victim).Datagram(number, port, Service))
        );
        yield return Of(
            "the answer to the host of a published port that another machine asked",
            "stranger",
            false,
            By("remote", (number, _) => From("remote", field.WanMac, victim, wan).Datagram(number, 8080)),
            By("server", (number, port) => From("server", toHost, server, gateway).Datagram(number, port, Service))
        ) with
        {
            NeedsTranslation = true,
        };
        // The host answers whoever is named; and forwards what conntrack does not look at.
        yield return Of(
            "what the host answers to an internal network in another's name",
            "remote",
            false,
            By("inner", (number, _) => From("inner", field.BridgeOf("in"), remote, field.HostIn("in", roles)).Ping(number))
        ) with
        {
            IsToHost = true,
        };
        yield return Of(
            "what the host answers to an internal network in words that another network has used",
            "remote",
            false,
            By("server", (number, _) => From("server", toHost, remote, wan).Ping(number)),
            By("inner", (number, _) => From("inner", field.BridgeOf("in"), remote, wan).Ping(number))
        ) with
        {
            IsToHost = true,
        };
        // In errors above all, which quote what they are about.
        foreach (
            (string what, IPAddress to, byte hops) in ((string, IPAddress, byte)[])
                [
                    ("that has come too far", victim, 1),
                    ("for a port that is closed", field.HostIn("in", roles), 64),
                    .. roles == Roles.IPv6
                        ? [("that has no way to go", IPAddress.Parse("2001:db8:dead::1"), 64)]
                        : ((string, IPAddress, byte)[])[],
                ]
        )
        {
            foreach (string at in (string[])["remote", "stranger"])
            {
                // The kernel takes tags of VLAN 0 off, however many, some of them late.
                foreach (
                    ushort[] tags in (ushort[][])
                        [
                            [],
                            [0x8100],
                            [0x8100, 0x8100],
                            [0x88a8, 0x8100],
                            [0x8100, 0x88a8],
                            [0x8100, 0x8100, 0x8100],
                        ]
                )
                {
                    yield return Of(
                        $"an error about what an internal network sends in the name of {at}, {what}, behind {tags.Length} tags ({string.Join(' ', tags.Select(static tag => $"{tag:x}"))})",
                        at,
                        false,
                        By(
                            "inner",
                            (number, _) =>
                                tags.Aggregate(
                                    (
                                        From(
                                            "inner",
                                            field.BridgeOf("in"),
                                            at == "remote" ? remote : victim,
                                            to.Equals(victim) ? opened : to
                                        ) with
                                        {
                                            Hops = hops,
                                        }
                                    ).Datagram(number, 99),
                                    static (frame, tag) => Craft.Tagged(frame, kind: tag)
                                )
                        )
                    );
                }
            }
        }
        yield return Of(
            "an error about what an internal network sends in its own name",
            "inner",
            true,
            By(
                "inner",
                (number, _) =>
                    From("inner", field.BridgeOf("in"), field.Address("inner", roles), field.HostIn("in", roles)).Datagram(number, 99)
            )
        );
        if (roles == Roles.IPv6)
        {
            foreach (IPAddress to in (IPAddress[])[field.HostIn("in", roles), IPAddress.Parse("ff02::1")])
            {
                yield return Of(
                    $"an error about an option that an internal network sends in another's name to {to}",
                    "remote",
                    false,
                    By("inner", (number, _) => From("inner", field.BridgeOf("in"), remote, to).BehindUnknownOption(number, 99))
                );
            }
            foreach (byte type in (byte[])[130, 133, 135, 136, 137, 143])
            {
                foreach (IPAddress source in (IPAddress[])[server, victim])
                    yield return Of(
                        $"ICMPv6 {type} from {source}",
                        "remote",
                        false,
                        By("server", (number, _) => From("server", toHost, source, remote).Message(number, type))
                    );
                yield return Of(
                    $"ICMPv6 {type}",
                    "opened",
                    false,
                    By("server", (number, _) => From("server", toHost, server, opened).Message(number, type))
                );
            }
        }

        // What everybody may, the same way.
        yield return Of(
            "the answer of a container by another network than it was asked by",
            "remote",
            true,
            By("remote", (number, _) => From("remote", field.WanMac, remote, wan).Datagram(number, 8090)),
            By("server", (number, port) => From("server", toHost, dual, remote).Datagram(number, port, Service))
        );
        // A question is answered, and not spoiled by one that was asked in the same words before or after it.
        foreach (
            (string what, IPAddress asked, int at, string answers, MacAddress through, IPAddress own, IPAddress host, int answersAt) in ((
                string,
                IPAddress,
                int,
                string,
                MacAddress,
                IPAddress,
                IPAddress,
                int
            )[])
                [
                    ("a published port", wan, 8080, "server", toHost, server, gateway, Service),
                    ("a port that is open to all", opened, Open, "opened", toHostByOpen, opened, field.HostIn("open", roles), Open),
                    ("another machine", remote, 90, "remote", field.WanMac, remote, wan, 90),
                ]
        )
        {
            Frame spoofs = By("neighbour", (number, port) => From("neighbour", toHost, victim, asked).Datagram(number, at, port)),
                asks = By("stranger", (number, port) => From("stranger", toHostByOther, victim, asked).Datagram(number, at, port));
            Frame tells = By(answers, (number, port) => From(answers, through, own, host).Datagram(number, port, answersAt));
            yield return Of($"the answer of {what}", "stranger", true, asks, tells);
            yield return Of($"the answer of {what} that an attacker asked before", "stranger", true, spoofs, asks, tells);
            yield return Of($"the answer of {what} that an attacker asked since", "stranger", true, asks, spoofs, tells);
            yield return Of($"what is asked of {what}", answers, false, spoofs) with
            {
                NeedsTranslation = asked == wan,
            };
        }
        // What a helper of conntrack expects, from any port of the server's: only of him.
        if (field.HasHelper)
        {
            Frame asksForFile = By("stranger", (number, port) => From("stranger", toHostByOther, victim, remote).FileRequest(number, port));
            yield return Of(
                "a file that a container sends in the server's name",
                "stranger",
                false,
                asksForFile,
                By("server", (number, port) => From("server", toHost, remote, wan).Datagram(number, port, 777))
            ) with
            {
                NeedsTranslation = true,
            };
            yield return Of(
                "a file that the server sends",
                "stranger",
                true,
                asksForFile,
                By("remote", (number, port) => From("remote", field.WanMac, remote, wan).Datagram(number, port, 777))
            );
        }
        // A router among containers forwards what is not its own.
        foreach (IPAddress behind in (IPAddress[])[victim, roles.Of("simple")])
            yield return Of(
                $"what a neighbour brings from {behind}",
                "server",
                true,
                By("neighbour", (number, _) => From("neighbour", field.MacOf("server"), behind, server).Datagram(number, Service))
            );

        // An error goes with whatever connection it speaks of, and anyone can write one.
        Frame question = By("stranger", (number, _) => From("stranger", toHostByOther, victim, remote).Datagram(number, 90));
        byte[] Unreachable(int number, int port, string who, MacAddress through, IPAddress own) =>
            From(who, through, own, wan).Unreachable(number, From(who, through, wan, remote).Datagram(0, 90, port));
        yield return Of(
            "an error of another network's",
            "stranger",
            false,
            question,
            By("server", (number, port) => Unreachable(number, port, "server", toHost, server))
        ) with
        {
            NeedsTranslation = true,
        };
        IPAddress inner = field.Address("inner", roles),
            hostThere = field.HostIn("in", roles);
        yield return Of(
            "an error of another internal network's",
            "inner",
            false,
            By("inner", (number, _) => From("inner", field.BridgeOf("in"), inner, hostThere).Datagram(number, 90)),
            By(
                "inner2",
                (number, port) =>
                    From("inner2", field.BridgeOf("in2"), field.Address("inner2", roles), inner)
                        .Unreachable(number, From("inner", field.BridgeOf("in"), inner, hostThere).Datagram(0, 90, port))
            )
        );
        yield return Of(
            "an error of a port that is open to all",
            "stranger",
            true,
            By("stranger", (number, _) => From("stranger", toHostByOther, victim, opened).Datagram(number, Open)),
            By(
                "opened",
                (number, port) =>
                    From("opened", toHostByOpen, opened, field.HostIn("open", roles))
                        .Unreachable(number, From("opened", toHostByOpen, field.HostIn("open", roles), opened).Datagram(0, Open, port))
            )
        );
        yield return Of(
            "an error of another machine",
            "stranger",
            true,
            question,
            By("remote", (number, port) => Unreachable(number, port, "remote", field.WanMac, remote))
        );
        yield return Of(
            "an error of a published port",
            "stranger",
            true,
            By("stranger", (number, _) => From("stranger", toHostByOther, victim, wan).Datagram(number, 8080)),
            By(
                "server",
                (number, port) =>
                    From("server", toHost, server, gateway)
                        .Unreachable(number, From("server", toHost, gateway, server).Datagram(0, Service, port))
            )
        );
    }

    /// <summary>A frame.</summary>
    /// <param name="By">Who sends it.</param>
    /// <param name="Make">The frame of a number, which goes to the port that the question came from.</param>
    private sealed record Frame(string By, Func<int, int, byte[]> Make);

    /// <summary>A question and, mostly, its answer.</summary>
    /// <param name="What">What would arrive in the end.</param>
    /// <param name="At">Whom it would reach.</param>
    /// <param name="Reaches">Whether it should.</param>
    /// <param name="Frames">What is sent; the last of them arrives.</param>
    private sealed record Exchange(string What, string At, bool Reaches, Frame[] Frames)
    {
        /// <summary>Without rules there is no translation, and it cannot arrive.</summary>
        public bool NeedsTranslation { get; init; }

        /// <summary>Whether it asks an address of the host's.</summary>
        public bool IsToHost { get; init; }
    }

    /// <summary>The lab, a network with an open port, one with a single container, two internal ones, and hands on every wire.</summary>
    private sealed class Field : IDisposable
    {
        private static readonly Dictionary<string, int> s_numbers = new()
        {
            ["open"] = 70,
            ["in"] = 71,
            ["in2"] = 72,
            ["lone"] = 73,
        };

        private readonly Session _engine;
        private readonly Lab _lab;
        private readonly Watch _watch = new();
        private readonly List<IDisposable> _owned = [];
        private readonly Dictionary<string, Hand> _hands = [];
        private int _sent;

        /// <summary>Whether an admin's rules could have conntrack follow TFTP.</summary>
        public bool HasHelper { get; }

        public Field(Session engine, string state)
        {
            _engine = engine;
            Hand.LetAnySource();
            // Each error is to be sent, not six of them and then one a second.
            foreach (string limit in (string[])["net/ipv4/icmp_ratelimit", "net/ipv6/icmp/ratelimit"])
                Sysctl.Write(limit, "0");
            HasHelper = Helper("-A");
            _lab = new(engine, state);
            using RtnetlinkConnection links = RtnetlinkConnection.Open();
            WanMac = links.FindLink("wan")!.Mac!.Value;
            Make(
                "open",
                isInternal: false,
                new() { [NetworkOptions.GatewayModeIPv4] = "routed", [NetworkOptions.GatewayModeIPv6] = "routed" }
            );
            Make("in", isInternal: true, []);
            Make("in2", isInternal: true, []);
            Make("lone", isInternal: false, []);
            engine.Start("single", new EndpointRequest("lone"));
            engine.Start("opened", new EndpointRequest("open") { Publish = [$"{Open}/udp"] });
            engine.Start("second", new EndpointRequest("open"));
            engine.Start("inner", new EndpointRequest("in"));
            engine.Start("inner2", new EndpointRequest("in2"));
            engine.Join("server", new EndpointRequest("other") { Publish = [$"8090:{Service}/udp"] });
            foreach (string name in (string[])["server", "neighbour", "stranger", "opened", "second", "inner", "inner2", "single"])
                Reach(name, Own(NetworkNamespace.Open(engine.FindContainer(name).NetNSPath)));
            Reach("remote", _lab["remote"]);
        }

        public MacAddress WanMac { get; }

        public MacAddress MacOf(string who) => _hands[who].Mac;

        public MacAddress BridgeOf(string network) => _engine.FindNetwork(network).BridgeMacAddress!.Value;

        public IPAddress HostIn(string network, Roles roles) =>
            IPAddress.Parse(roles == Roles.IPv4 ? $"10.{s_numbers[network]}.0.1" : $"2001:db8:{s_numbers[network]}::1");

        public IPAddress Address(string container, Roles roles, string? network = null)
        {
            EndpointRow endpoint = _engine
                .FindContainer(container)
                .Endpoints.First(endpoint => network is null || endpoint.NetworkName == network);
            return endpoint.Address(roles.Of("wan").AddressFamily)!;
        }

        /// <summary>Sends all, one exchange after the other, and tells which of them arrived.</summary>
        public bool[] Run(Exchange[] exchanges, Func<Exchange, bool> wait)
        {
            int[] last = new int[exchanges.Length];
            for (int i = 0; i < exchanges.Length; i++)
            {
                Exchange exchange = exchanges[i];
                int first = _sent,
                    port = Craft.SourcePort(first),
                    question = first;
                foreach (Frame frame in exchange.Frames)
                {
                    // An answer is one when the question has been there; one that was stopped never will be.
                    if (_sent > first && frame == exchange.Frames[^1])
                        Await(frame.By, question, exchange.Reaches && wait(exchange) ? 5000 : 20);
                    last[i] = _sent++;
                    _hands[frame.By].Send(frame.Make(last[i], port));
                    if (frame.By == exchange.At)
                        question = last[i];
                }
            }
            bool Reached(int i) => _watch.Has(exchanges[i].At, last[i]);
            _watch.Until(() => Enumerable.Range(0, exchanges.Length).All(i => !wait(exchanges[i]) || Reached(i)));
            return [.. Enumerable.Range(0, exchanges.Length).Select(Reached)];
        }

        private void Await(string at, int number, int milliseconds)
        {
            for (Stopwatch clock = Stopwatch.StartNew(); !_watch.Has(at, number) && clock.ElapsedMilliseconds < milliseconds; )
                _watch.Read(5);
        }

        public void Dispose()
        {
            _watch.Dispose();
            foreach (IDisposable one in Enumerable.Reverse(_owned))
                one.Dispose();
            _lab.Dispose();
            if (HasHelper)
                Helper("-D");
        }

        private static bool Helper(string verb) =>
            new[] { "iptables", "ip6tables" }.All(program =>
                ProgramPath.Find(program) is not null
                && IptablesProgram
                    .Run(program, "", "-t", "raw", verb, "PREROUTING", "-p", "udp", "--dport", "69", "-j", "CT", "--helper", "tftp")
                    .Code == 0
            );

        private void Make(string name, bool isInternal, Dictionary<string, string> options) =>
            _engine.Make(
                new NetworkRequest(name)
                {
                    Subnets = [$"10.{s_numbers[name]}.0.0/24", $"2001:db8:{s_numbers[name]}::/64"],
                    Internal = isInternal,
                    Options = options,
                }
            );

        private void Reach(string name, NetworkNamespace there)
        {
            _watch.Wire(name, there);
            _hands[name] = Own(new Hand(there));
        }

        private T Own<T>(T one)
            where T : IDisposable
        {
            _owned.Add(one);
            return one;
        }
    }
}
