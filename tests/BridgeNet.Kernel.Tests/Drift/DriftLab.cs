using System.Net.Sockets;
using System.Text.RegularExpressions;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>
/// A network "web" to break, with "server", which publishes port 80 as 8080, and "client"; and a network "other" with "a",
/// which publishes 90 as 9090, and "b". Two connections on the other network stay open all the time, one of them from
/// outside through the published port.
/// </summary>
internal sealed partial class DriftLab : IDisposable
{
    private static readonly ChangeContext s_context = new();

    private readonly string _outside;
    private readonly Outside _machine;
    private readonly List<NetworkNamespace> _spaces = [];
    private readonly List<Wire> _wires = [];
    private readonly Socket _server;

    /// <param name="engine">The engine.</param>
    /// <param name="state">Its state directory.</param>
    /// <param name="antiSpoof">Whether the containers of "web" may send as themselves only.</param>
    public DriftLab(Session engine, string state, bool antiSpoof = false)
    {
        Admin.Needs("ip", "bridge", "sysctl");
        Engine = engine;
        _outside = Path.Combine(state, "outside");
        Admin.Run("ip link set lo up");
        _machine = new Outside(_outside);
        engine.CreateNetwork(
            new NetworkRequest("web")
            {
                Subnets = ["10.50.0.0/24", "2001:db8:50::/64"],
                Options = antiSpoof ? new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" } : [],
            },
            s_context
        );
        engine.CreateNetwork(new NetworkRequest("other") { Subnets = ["10.60.0.0/24", "2001:db8:60::/64"] }, s_context);
        Start("server", "web", "8080:80");
        Start("client", "web");
        Start("a", "other", "9090:90");
        Start("b", "other");
        _server = Wire.Listen(Space("server"), 80);
        using Socket inside = Wire.Listen(Space("a"), 91),
            published = Wire.Listen(Space("a"), 90);
        _wires.Add(new Wire(Space("b"), inside, "10.60.0.2", 91));
        _wires.Add(new Wire(Open(_outside), published, "198.51.100.1", 9090));
        AssertWorks();
        AssertSame([], Drift());
        Before = Snapshot.Take(engine);
    }

    public Session Engine { get; }

    /// <summary>What there was before anything was broken.</summary>
    public IReadOnlyList<string> Before { get; }

    /// <summary>Runs a test's body with a lab.</summary>
    public static void In(PrivateNamespace space, string backend, Action<DriftLab> work, bool antiSpoof = false) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using DriftLab lab = new(engine, state, antiSpoof);
                work(lab);
            }
        );

    /// <summary>
    /// Puts names into a text: <c>{br:web}</c> is a bridge, <c>{veth:server}</c> a container's end on the host,
    /// <c>{path:server}</c> its namespace, <c>{mac:server}</c> its Ethernet address, and <c>{in:server}</c> runs a command inside.
    /// </summary>
    public string Fill(string text) =>
        Placeholder()
            .Replace(
                text,
                match =>
                {
                    string of = match.Groups[2].Value;
                    return match.Groups[1].Value switch
                    {
                        "br" => Engine.FindNetwork(of).BridgeName!,
                        "id" => Engine.FindNetwork(of).Id,
                        "brmac" => $"{Engine.FindNetwork(of).BridgeMacAddress}",
                        "veth" => Engine.FindContainer(of).Endpoints[0].HostInterface,
                        "vethmac" => $"{LinkMark.Of(Engine.FindContainer(of).Endpoints[0]).Mac}",
                        "mac" => $"{Engine.FindContainer(of).Endpoints[0].MacAddress}",
                        "path" => Engine.FindContainer(of).NetNSPath,
                        "dir" => Path.GetDirectoryName(Engine.FindContainer(of).NetNSPath)!,
                        "in" => $"nsenter --net={Engine.FindContainer(of).NetNSPath}",
                        "files" => Engine.FilesOf(Engine.FindContainer(of))!.Location,
                        _ => match.Value,
                    };
                }
            );

    public void Break(string line) => Admin.Run(Fill(line));

    /// <summary>
    /// What FindDrift tells, one line each: kind, network/container, object, what is meant, what is, and the words of the repair.
    /// </summary>
    public string[] Drift(params string[] networks) => [.. Engine.FindDrift(networks.Length == 0 ? null : networks).Select(InWords)];

    public static string InWords(DriftItem drift) =>
        $"{drift.Kind} {drift.NetworkName}/{drift.ContainerName} {drift.Object} | {drift.Expected} | {drift.Actual} | {(drift.Repairable ? "" : "NOT ")}{drift.Repair}";

    /// <summary>Breaks something, and checks everything that is promised of finding and repairing it.</summary>
    /// <param name="line">The admin's commands.</param>
    /// <param name="expected">What is to be told, as <see cref="Drift"/> does.</param>
    public void Check(string line, params string[] expected)
    {
        string[] told = [.. expected.Select(Fill)];
        Break(line);
        AssertSame(told, Drift());
        CheckRepair();
    }

    public static void AssertSame(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        // Between two tables nft prints an empty line.
        string[] one = [.. expected.Where(static line => line != "bridgenet ").Order(StringComparer.Ordinal)],
            other = [.. actual.Where(static line => line != "bridgenet ").Order(StringComparer.Ordinal)];
        Assert.True(
            one.SequenceEqual(other),
            $"Missing:\n{string.Join('\n', one.Except(other))}\nToo much:\n{string.Join('\n', other.Except(one))}\n({one.Length} and {other.Length} lines)"
        );
    }

    /// <summary>
    /// Repairs what is broken; says beforehand exactly what it will do; leaves all as it was; and once more does nothing.
    /// </summary>
    public void CheckRepair()
    {
        IReadOnlyList<string> broken = Snapshot.Take(Engine);
        string exactly = Exactly();
        string[] plan = Lines(Engine.DescribeRepair(null));
        Assert.NotEmpty(plan);
        Assert.Equal(broken, Snapshot.Take(Engine));
        Assert.Equal(exactly, Exactly());

        List<string> heard = [];
        (IReadOnlyList<DriftItem> found, IReadOnlyList<Problem> problems) = Engine.Repair(null, new ChangeContext { Verbose = heard.Add });
        Assert.Empty(problems);
        Assert.NotEmpty(found);
        Assert.True(plan.SequenceEqual(Lines(heard)), $"Planned:\n{string.Join('\n', plan)}\nDone:\n{string.Join('\n', Lines(heard))}");
        AssertSame([], Drift());
        AssertSame(Before, Snapshot.Take(Engine));
        CheckIdle();
        AssertWorks();
    }

    /// <summary>Nothing is left to repair, and a repair touches nothing, not even to the same effect.</summary>
    public void CheckIdle()
    {
        string exactly = Exactly();
        List<string> heard = [];
        Assert.Empty(Engine.Repair(null, new ChangeContext { Verbose = heard.Add }).Found);
        Assert.Empty(heard);
        Assert.Equal(exactly, Exactly());
    }

    /// <summary>Containers reach each other in both families, networks are apart, and what was open is open.</summary>
    public void AssertWorks()
    {
        foreach (
            (string from, string address) in ((string, string)[])
                [("client", "10.50.0.2"), ("client", "2001:db8:50::2"), ("b", "10.60.0.2"), ("b", "2001:db8:60::2")]
        )
            Assert.True(Ping(from, address, TimeSpan.FromSeconds(10)), $"{from} does not reach {address}");
        Assert.All(_wires, wire => Assert.True(wire.Works()));
        using Wire published = new(Open(_outside), _server, "198.51.100.1", 8080);
        Assert.True(published.Works());
    }

    public void AssertApart() =>
        Assert.False(Ping("b", "10.50.0.2", TimeSpan.FromMilliseconds(250)), "another network's container is reached");

    public NetworkNamespace Space(string container) => Open(Engine.FindContainer(container).NetNSPath);

    public void Dispose()
    {
        foreach (IDisposable one in (IDisposable[])[.. _wires, _server, .. _spaces, _machine])
            one.Dispose();
    }

    // With the numbers of links and the handles of rules, which another one in its place would not have; without what packets count and
    // what the kernel does by itself.
    private static string Exactly() =>
        Admin.Run(
            """
            ip -o link | sed 's/<.*>//; s/ state [A-Z]*//; s/ linkmode.*//'
            ip -o address | grep -v ' fe80' | sed 's/ tentative//'
            ip route | sed 's/ linkdown//'; ip -6 route | grep -v '^fe80' | sed 's/ linkdown//'
            ! command -v nft >/dev/null || nft -a list ruleset 2>/dev/null | sed 's/packets [0-9]* bytes [0-9]*//'
            ! command -v iptables-save >/dev/null || iptables-save 2>/dev/null | grep '^-' || true
            """
        );

    private static string[] Lines(IEnumerable<string> words) => [.. words.SelectMany(static word => word.Split('\n'))];

    private bool Ping(string from, string address, TimeSpan timeout) =>
        Engine.TestConnection(from, address, 0, 1, timeout, TestContext.Current.CancellationToken).Reachable;

    private NetworkNamespace Open(string path)
    {
        NetworkNamespace space = NetworkNamespace.Open(path);
        _spaces.Add(space);
        return space;
    }

    private void Start(string name, string network, params string[] publish) =>
        Engine.CreateContainer(new ContainerRequest(name) { Network = new EndpointRequest(network) { Publish = publish } }, s_context);

    [GeneratedRegex("{([a-z]+):([a-z]+)}")]
    private static partial Regex Placeholder();
}
