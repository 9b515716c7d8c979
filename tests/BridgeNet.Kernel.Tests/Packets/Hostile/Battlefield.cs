using System.Net;
using System.Net.Sockets;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>What a network of the battlefield is.</summary>
internal enum Kind
{
    Normal,
    Internal,
    Isolated,
    Routed,
    Separated,
}

/// <summary>A network with a container that publishes ports, and one in which an attacker is root.</summary>
/// <param name="Index">Its number, which its addresses and ports of the host are made of.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Families">The families that it was given.</param>
internal sealed record Side(int Index, Kind Kind, AddressFamily[] Families)
{
    /// <summary>Ports of the victim: published at all addresses of the host, at a loopback one, at another, and not.</summary>
    public const int AtAll = 80,
        AtLoopback = 81,
        AtOne = 82,
        Closed = 83;

    public string Name => $"n{Index}";

    public string Victim => $"v{Index}";

    public string Attacker => $"a{Index}";

    public MacAddress BridgeMac { get; set; }

    public MacAddress VictimMac { get; set; }

    public MacAddress AttackerMac { get; set; }

    public bool Has(AddressFamily family) => Families.Contains(family);

    /// <summary>Addresses of its subnet, or of the one that it would have.</summary>
    public IPAddress Address(AddressFamily family, int host) =>
        IPAddress.Parse(family == AddressFamily.InterNetwork ? $"10.100.{Index}.{host}" : $"2001:db8:{0xa00 + Index:x}::{host}");

    public int HostPort(int port) => port * 100 + Index;

    public override string ToString() =>
        $"{Kind} {string.Join('+', Families.Select(static family => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6"))}";
}

/// <summary>A host with fifteen networks, of each kind in each family and in both, and another machine on its wire.</summary>
internal sealed class Battlefield : IDisposable
{
    private static readonly AddressFamily[][] s_families =
    [
        [AddressFamily.InterNetwork],
        [AddressFamily.InterNetworkV6],
        [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6],
    ];

    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<string, Hand> _senders = [];

    public Battlefield(Session engine, string state)
    {
        Engine = engine;
        Links = Own(RtnetlinkConnection.Open());
        Links.SetUp(Links.FindLink("lo")!.Index);
        Hand.LetAnySource();
        IPAddress[] Addresses(string role) => [.. Roles.Both.Select(roles => roles.Of(role))];
        Machine remote = Own(new Machine(Path.Combine(state, "remote"), "wan", Addresses("wan"), Addresses("remote"), routes: true));
        WanMac = Links.FindLink("wan")!.Mac!.Value;
        AddSender("remote", remote.Space);
        RemoteMac = _senders["remote"].Mac;
        Watch.Wire("remote", remote.Space);
        Watch.Service("host");
        Sides =
        [
            .. from kind in Enum.GetValues<Kind>()
            from families in s_families
            select new Side((int)kind * 3 + Array.IndexOf(s_families, families), kind, families),
        ];
        foreach (Side side in Sides)
            Make(side);
    }

    public Session Engine { get; }

    public Watch Watch { get; } = new();

    public RtnetlinkConnection Links { get; }

    public IReadOnlyList<Side> Sides { get; }

    public MacAddress WanMac { get; }

    public MacAddress RemoteMac { get; }

    public void Send(string from, byte[] frame) => _senders[from].Send(frame);

    /// <summary>Takes away what looks at internal networks' packets as they come in by the link, which not every kernel has.</summary>
    public static void DeleteIngress()
    {
        using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
        new NftBatch("bridgenet", NftConstants.NFPROTO_NETDEV)
            .AddTable()
            .DeleteTable()
            .Commit(netlink, "nft delete table netdev bridgenet");
    }

    /// <summary>Takes away what each network brought: elements of sets, and with iptables rules; what all share stays.</summary>
    public static void Empty(string backend)
    {
        if (backend == FirewallSelection.Nftables)
        {
            using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
            new NftBatch(NftablesPlan.Table)
                .FlushSets([.. NftablesPlan.Sets.Select(static set => set.Name)])
                .Commit(netlink, "nft flush sets");
            return;
        }
        foreach (IptablesPlan plan in IptablesPlan.Both)
        {
            string saved = IptablesProgram.Run($"{plan.Program}-save", "").Output;
            string left = string.Join(
                '\n',
                saved
                    .Split('\n')
                    .Where(static line =>
                        !(
                            line.StartsWith("-A BRIDGENET-", StringComparison.Ordinal)
                            && (line.Contains(" br-", StringComparison.Ordinal) || line.Contains("-j DNAT", StringComparison.Ordinal))
                        )
                    )
            );
            Assert.NotEqual(saved, left);
            Assert.Equal(0, IptablesProgram.Run($"{plan.Program}-restore", left).Code);
        }
    }

    /// <summary>Takes away all that protects, but what the kernel does by itself.</summary>
    public void Lift(string backend)
    {
        using (IFirewallBackend rules = new GuardedFirewall(FirewallSelection.Open(backend)))
            rules.Rebuild([]);
        foreach (Side side in Sides)
        {
            Sysctl.TryWrite($"net/ipv6/conf/{Engine.FindNetwork(side.Name).BridgeName}/disable_ipv6", "0");
            foreach (string container in (string[])[side.Victim, side.Attacker])
                Links.SetBridgePort(
                    Links.FindLink(Engine.FindContainer(container).Endpoints[0].HostInterface)!.Index,
                    isolated: false,
                    hairpin: null
                );
        }
    }

    public void Dispose()
    {
        Watch.Dispose();
        foreach (IDisposable one in Enumerable.Reverse(_owned))
            one.Dispose();
    }

    private void Make(Side side)
    {
        Dictionary<string, string> options = [];
        if (side.Kind is Kind.Isolated or Kind.Routed)
        {
            foreach (string key in (string[])[NetworkOptions.GatewayModeIPv4, NetworkOptions.GatewayModeIPv6])
                options[key] = side.Kind == Kind.Routed ? "routed" : "isolated";
        }
        if (side.Kind == Kind.Separated)
            options[NetworkOptions.EnableIcc] = "false";
        side.BridgeMac = Engine
            .Make(
                new NetworkRequest(side.Name)
                {
                    Subnets =
                    [
                        .. side.Families.Select(family =>
                            family == AddressFamily.InterNetwork ? $"10.100.{side.Index}.0/24" : $"2001:db8:{0xa00 + side.Index:x}::/64"
                        ),
                    ],
                    EnableIPv4 = side.Has(AddressFamily.InterNetwork),
                    Internal = side.Kind is Kind.Internal or Kind.Isolated,
                    Options = options,
                }
            )
            .BridgeMacAddress!.Value;
        List<string> publish = [$"{side.HostPort(Side.AtAll)}:{Side.AtAll}"];
        // Of a routed network every port that is named is open at the container's own address.
        if (side.Kind is not Kind.Routed)
        {
            publish.AddRange(
                side.Families.Select(family =>
                    $"{Bracketed(Roles.Both[family == AddressFamily.InterNetwork ? 0 : 1].Text("wan"))}:{side.HostPort(Side.AtOne)}:{Side.AtOne}"
                )
            );
            if (side.Has(AddressFamily.InterNetwork))
                publish.Add($"127.0.0.1:{side.HostPort(Side.AtLoopback)}:{Side.AtLoopback}");
        }
        string[] both = [.. publish, .. publish.Select(static port => $"{port}/udp")];
        side.VictimMac = Start(side, side.Victim, 2, both);
        side.AttackerMac = Start(side, side.Attacker, 3, []);
    }

    private MacAddress Start(Side side, string name, int host, string[] publish)
    {
        ContainerRow container = Engine.Start(
            name,
            new EndpointRequest(side.Name)
            {
                IPAddress = side.Has(AddressFamily.InterNetwork) ? $"{side.Address(AddressFamily.InterNetwork, host)}" : null,
                IPv6Address = side.Has(AddressFamily.InterNetworkV6) ? $"{side.Address(AddressFamily.InterNetworkV6, host)}" : null,
                Publish = publish,
            }
        );
        NetworkNamespace space = Own(NetworkNamespace.Open(container.NetNSPath));
        AddSender(name, space);
        Watch.Wire(name, space);
        return container.Endpoints[0].MacAddress!.Value;
    }

    private void AddSender(string name, NetworkNamespace space) => _senders[name] = Own(new Hand(space));

    private T Own<T>(T one)
        where T : IDisposable
    {
        _owned.Add(one);
        return one;
    }

    private static string Bracketed(string address) => address.Contains(':') ? $"[{address}]" : address;
}
