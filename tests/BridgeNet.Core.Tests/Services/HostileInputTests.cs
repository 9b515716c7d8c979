using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using BridgeNet.Changes;
using BridgeNet.Core.Tests.State;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Core.Tests.Services;

/// <summary>
/// Whatever is typed is refused with a known error id, or becomes a plan whose every line is one of the commands that a plan has, with
/// no path outside the state directory. Plans only, so that no kernel is touched. The seeds are fixed: a failure comes again.
/// </summary>
public sealed partial class HostileInputTests : IDisposable
{
    private const int Count = 50_000;

    private static readonly HashSet<string> s_known =
    [
        .. typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
    ];

    private static readonly string[] s_names = ["a", "web", "test_net1", "host", "none", "c.1-x", "0123456789ab"];
    private static readonly string[] s_addresses =
    [
        "10.240.0.5",
        "fd00:1::5",
        "169.254.3.3",
        "fe80::5",
        "255.255.255.255",
        "::1",
        "0.0.0.0",
    ];
    private static readonly string[] s_values = ["true", "false", "1500", "nat", "routed", "isolated", "wire0", "10.240.0.1", ""];
    private static readonly string[] s_ports =
    [
        "8080:80",
        "127.0.0.1:8080:80/tcp",
        "8000-8010:80-90/udp",
        "[::1]:8080:80",
        ":80",
        "80/sctp",
    ];

    private static readonly ChangeContext s_context = new();

    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteStateStore _store;
    private readonly Session _engine;

    public HostileInputTests()
    {
        _store = SqliteStateStore.Open(_directory.Path);
        _engine = new Session(_store, new LinuxMachine(static () => new IptablesBackend()), _directory.File("netns"));
        NetworkRow network = Rows.Network("web", 240);
        network = network with
        {
            IPAM = network.IPAM with { Config = [network.IPAM.Config[0] with { Gateway = System.Net.IPAddress.Parse("10.240.0.1") }] },
        };
        ContainerRow container = Rows.Container("c", 2);
        Rows.Write(
            _store,
            transaction =>
            {
                transaction.Put(network);
                // So that no plan is one of the last network: these ask the kernel what there is to take away.
                transaction.Put(Rows.Network("another", 239));
                transaction.Put(container);
                transaction.Put(Rows.Endpoint(network, container, "10.240.0.9"));
            }
        );
    }

    public void Dispose()
    {
        _engine.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Networks() =>
        Try(
            seed: 1,
            text =>
                _engine.DescribeCreateNetwork(
                    new NetworkRequest(text.Of(s_names))
                    {
                        Driver = text.Next(20) == 0 ? text.Of("bridge") : "bridge",
                        Subnets = text.Some("10.241.0.0/16", "fd00:2::/64", "10.240.0.0/16", "10.241.0.0/33", "::/0"),
                        Gateways = text.Some("10.241.0.1", "fd00:2::1"),
                        IPRanges = text.Some("10.241.3.0/24", "10.241.0.5-10.241.0.9", "fd00:2::/80"),
                        AuxAddresses = text.Table(["router", NetworkOptions.DefaultGatewayIPv4], s_addresses),
                        PrefixLength = text.Next(10) == 0 ? text.Next(200) - 50 : null,
                        EnableIPv6 = text.Next(2) == 0,
                        Internal = text.Next(2) == 0,
                        ConfigOnly = text.Next(20) == 0,
                        ConfigFrom = text.Next(20) == 0 ? text.Of(s_names) : null,
                        Options = text.Table([.. Session.OptionKeys], s_values),
                        Labels = text.Table(["k", "com.example.label"], ["v", ""]),
                    },
                    s_context
                )
        );

    [Fact]
    public void Containers_and_their_names() =>
        Try(
            seed: 2,
            text =>
                _engine.DescribeCreateContainer(
                    new ContainerRequest(text.Of(s_names))
                    {
                        Network =
                            text.Next(3) == 0
                                ? null
                                : new EndpointRequest(text.Of("web", "host", "none")) { Aliases = text.Some("other", "a.b") },
                        Names = new NameRequest
                        {
                            Hostname = text.Maybe("h1", "h1.example"),
                            DomainName = text.Maybe("example"),
                            AddHost = text.Some("db:10.0.0.1", "db=fd00::1", "up:host-gateway"),
                            Dns = text.Some("10.0.0.53", "fd00::53"),
                            DnsSearch = text.Some("example", "."),
                            DnsOption = text.Some("ndots:2", "rotate"),
                        },
                    },
                    s_context
                )
        );

    [Fact]
    public void Endpoints() =>
        Try(
            seed: 3,
            text =>
                _engine.DescribeCreateContainer(
                    new ContainerRequest("new")
                    {
                        Network = new EndpointRequest("web")
                        {
                            IPAddress = text.Maybe(s_addresses),
                            IPv6Address = text.Maybe(s_addresses),
                            LinkLocalAddresses = text.Some(s_addresses),
                            MacAddress = text.Maybe("02:42:0a:14:00:05", "02-42-0a-14-00-05", "ff:ff:ff:ff:ff:ff"),
                            Aliases = text.Some("other", "a.b"),
                            InterfaceName = text.Maybe("eth0", "wire0", "lo"),
                            GatewayPriority = text.Next(int.MaxValue) - int.MaxValue / 2,
                            Sysctls = text.Table(
                                ["net.ipv4.conf.IFNAME.log_martians", "net.ipv6.conf.IFNAME.mtu", "net.ipv4.ip_forward"],
                                ["0", "1"]
                            ),
                        },
                    },
                    s_context
                )
        );

    [Fact]
    public void Ports() =>
        Try(
            seed: 4,
            text =>
                text.Next(2) == 0
                    ? _engine.DescribePublish(
                        text.Next(10) == 0 ? text.Of(s_names) : "c",
                        text.Maybe("web"),
                        [text.Of(s_ports), .. text.Some(s_ports)],
                        s_context
                    )
                    : _engine.DescribeCreateContainer(
                        new ContainerRequest("new") { Network = new EndpointRequest("web") { Publish = [text.Of(s_ports)] } },
                        s_context
                    )
        );

    [Fact]
    public void Settings_and_new_names() =>
        Try(
            seed: 5,
            text =>
                text.Next(2) == 0
                    ? _engine.DescribeSetNetwork(
                        new NetworkSettings(text.Next(10) == 0 ? text.Of(s_names) : "web")
                        {
                            Internal = text.One<bool?>(true, false, null),
                            Labels = text.Table(["k"], ["v"]),
                            RemoveLabels = text.Some("k"),
                            Options = text.Table([.. Session.OptionKeys], s_values),
                        },
                        s_context
                    )
                    : _engine.DescribeRenameContainer(text.Next(10) == 0 ? text.Of(s_names) : "c", text.Of(s_names))
        );

    [Fact]
    public void Lookups() =>
        Try(
            seed: 6,
            text =>
                text.Next(4) switch
                {
                    0 => _engine.FindNetwork(text.Of("web", "f0", "f0ff", "F0", "*")).Name is "web" or "host" or "none" or "bridge"
                        ? []
                        : ["another"],
                    1 => _engine.FindContainer(text.Of("c", "02", "02ff", "?")).Name is "c" ? [] : ["another"],
                    2 => _engine.DescribeRemoveNetworks([text.Of("web", "f0f")], force: true),
                    _ => _engine.DescribeDisconnect([new Membership(text.Of("web"), text.Of("c"))]),
                }
        );

    private void Try(int seed, Func<HostileText, IReadOnlyList<string>> command)
    {
        HostileText text = new(seed);
        Dictionary<string, int> outcomes = [];
        for (int i = 0; i < Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            try
            {
                IReadOnlyList<string> plan = command(text);
                foreach (string line in plan.SelectMany(static step => step.Split('\n')).Where(static line => line.Length > 0))
                    Assert.True(IsPlanned(line), $"number {i}: '{line}'");
                outcomes["planned"] = outcomes.GetValueOrDefault("planned") + 1;
            }
            catch (BridgeNetException refused)
            {
                foreach (Problem problem in refused.Problems)
                {
                    Assert.True(
                        s_known.Contains(problem.ErrorId),
                        $"number {i}: {problem.ErrorId}: {problem.Message} {refused.InnerException}"
                    );
                    outcomes[problem.ErrorId] = outcomes.GetValueOrDefault(problem.ErrorId) + 1;
                }
            }
            catch (Exception unexpected) when (unexpected is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"number {i}: {unexpected}");
            }
            // A few words must not keep everybody else waiting.
            Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromMinutes(1));
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Count} inputs, seed {seed}: {string.Join(", ", outcomes.OrderByDescending(outcome => outcome.Value).Select(outcome => $"{outcome.Value} {outcome.Key}"))}"
        );
        // Else all would be refused at the door.
        Assert.InRange(outcomes.GetValueOrDefault("planned"), Count / 100, Count);
        Assert.Equal(
            ["lock", "state.db", "state.db-shm", "state.db-wal"],
            Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order()
        );
    }

    /// <summary>Whether a line of a plan is a command of those that plans have, and only names files below the state directory.</summary>
    private bool IsPlanned(string line)
    {
        if (line.Any(letter => char.IsControl(letter) || letter > '~'))
            return false;
        return Command().IsMatch(line)
            && !line.Contains("/../", StringComparison.Ordinal)
            && FileNames()
                .Matches(line)
                .All(match =>
                    match.Value.StartsWith(_directory.Path + "/", StringComparison.Ordinal)
                    || match.Value.StartsWith("/run/netns/c", StringComparison.Ordinal)
                    || match.Value.StartsWith("/proc/self/ns/net", StringComparison.Ordinal)
                );
    }

    [GeneratedRegex(
        @"\A(ip (-n |link |address |netns )|nsenter --net=/|umount /|mkdir -p /|sysctl -w net[./]|bridge link set dev veth|ip6?tables -|nft (add|delete) element bridge bridgenet |nft add table netdev bridgenet\z|nft (add chain|add rule|flush chain) netdev bridgenet [a-zA-Z0-9_.-]{1,15}( |;)|bridge fdb (replace|delete|flush dev) |conntrack -D |# update /|rm -f /|mv /|printf '[^']*' > /|t=\$\(head -n |nft delete table (bridge|netdev) bridgenet\z|# create the table bridge bridgenet\z|touch /|mount --move /)"
    )]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<= )/[^ ;]+")]
    private static partial Regex FileNames();
}
