using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Routes, addresses and links of others that came later and lie where ours do: told, and not touched.</summary>
public sealed class OverlapTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string Repair = "NOT remove the route or address, or create the network again with another subnet";

    public static TheoryData<string, string, string, string> Cases =>
        [
            .. from backend in (string[])["nftables", "iptables"]
            from one in ((string, string, string)[])
                [
                    (
                        "ip route add 10.50.0.128/25 via 198.51.100.2",
                        "10.50.0.0/24 | a subnet of its own | also the route 10.50.0.128/25 dev wan",
                        "ip route delete 10.50.0.128/25"
                    ),
                    (
                        "ip route add 10.0.0.0/9 via 198.51.100.2",
                        "10.50.0.0/24 | a subnet of its own | also the route 10.0.0.0/9 dev wan",
                        "ip route delete 10.0.0.0/9"
                    ),
                    (
                        "ip route add 10.50.0.9/32 dev wan table 99",
                        "10.50.0.0/24 | a subnet of its own | also the route 10.50.0.9/32 dev wan",
                        "ip route delete 10.50.0.9/32 table 99"
                    ),
                    (
                        "ip -6 route add 2001:db8:50:0:1::/80 dev wan",
                        "2001:db8:50::/64 | a subnet of its own | also the route 2001:db8:50:0:1::/80 dev wan",
                        "ip -6 route delete 2001:db8:50:0:1::/80"
                    ),
                    (
                        "ip address add 10.50.0.44/32 dev wan",
                        "10.50.0.0/24 | a subnet of its own | also the address 10.50.0.44 dev wan",
                        "ip address delete 10.50.0.44/32 dev wan"
                    ),
                ]
            select (backend, one.Item1, one.Item2, one.Item3),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_later_overlap_with_a_subnet_is_reported_and_left_alone(string backend, string line, string told, string takeBack) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                lab.Break(line);
                string[] drift = lab.Drift();
                Assert.Contains($"Overlap web/ {told} | {Repair}", drift);
                Assert.All(drift, static one => Assert.StartsWith("Overlap ", one));
                IReadOnlyList<string> before = Snapshot.Take(lab.Engine);
                Assert.Empty(lab.Engine.DescribeRepair(null));
                Assert.Empty(lab.Engine.Repair(null, new ChangeContext()).Problems);
                DriftLab.AssertSame(before, Snapshot.Take(lab.Engine));
                Admin.Run(takeBack);
                Assert.Empty(lab.Drift());
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_link_of_another_kind_with_the_bridges_name_is_reported_and_left_alone(string backend) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                string bridge = lab.Fill("{br:web}");
                Admin.Run($"ip link delete {bridge}; ip link add {bridge} type veth peer name mine");
                Assert.Contains(
                    $"Bridge web/ {bridge} | a bridge | a link of another kind | NOT rename or remove the link {bridge}, then repair again",
                    lab.Drift()
                );
                lab.Engine.Repair(null, new ChangeContext());
                Assert.Contains($"{bridge}@mine", Admin.Run("ip -o link"));
                Admin.Run($"ip link set {bridge} name yours");
                lab.Engine.Repair(null, new ChangeContext());
                Assert.Empty(lab.Drift());
                Admin.Run("ip link delete mine");
                DriftLab.AssertSame(lab.Before, Snapshot.Take(lab.Engine));
                lab.AssertWorks();
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_missing_adopted_bridge_is_left_to_its_owner(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                Admin.Run("ip link add theirs type bridge; ip address add 10.70.0.1/24 dev theirs; ip link set theirs up");
                try
                {
                    engine.CreateNetwork(
                        new NetworkRequest("adopted")
                        {
                            Subnets = ["10.70.0.0/24"],
                            Gateways = ["10.70.0.1"],
                            Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = "theirs" },
                        },
                        new ChangeContext()
                    );
                    engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("adopted") }, new ChangeContext());
                    IReadOnlyList<string> before = Snapshot.Take(engine);
                    Assert.Empty(engine.FindDrift(null));
                    Admin.Run("ip link delete theirs");
                    DriftItem told = engine.FindDrift(null)[0];
                    Assert.Equal(
                        (DriftKind.Bridge, "missing", "wait until its owner creates it again, then repair again", false),
                        (told.Kind, told.Actual, told.Repair, told.Repairable)
                    );
                    Admin.Run("ip link add theirs type bridge; ip link set theirs up");
                    string links = Shown();
                    told = engine.FindDrift(null)[0];
                    Assert.Equal((DriftKind.Bridge, "another bridge of that name", false), (told.Kind, told.Actual, told.Repairable));
                    engine.Repair(null, new ChangeContext());
                    Assert.Equal(links, Shown());
                    // After a boot there is no other way to know it than its name; within one, a bridge of the same address is the same.
                    using (Session rebooted = Engine.Open(state, backend, boot: "another boot"))
                    {
                        Assert.Empty(rebooted.Repair(null, new ChangeContext()).Problems);
                        Assert.Equal(["c"], rebooted.FindDrift(null).Select(drift => drift.ContainerName).Distinct());
                    }
                    Assert.Equal(
                        $"{InterfaceGroup.Ours | InterfaceGroup.HasIPv4 | InterfaceGroup.HasIPv6}",
                        Admin.Run("ip -d -o link show theirs | grep -o 'group [^ ]*' | cut -d' ' -f2").Trim()
                    );
                    Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                    Assert.Empty(engine.FindDrift(null));
                    static IEnumerable<string> WithoutMac(IEnumerable<string> lines) =>
                        lines.Where(static line => !line.StartsWith("host link theirs", StringComparison.Ordinal));
                    DriftLab.AssertSame(WithoutMac(before), WithoutMac(Snapshot.Take(engine)));
                }
                finally
                {
                    engine.RemoveContainers(["c"], new ChangeContext());
                    engine.RemoveNetworks(["adopted"], force: true, new ChangeContext());
                    Admin.Run("ip link delete theirs");
                }
            }
        );

    // A link-local address is tentative for a moment.
    private static string Shown() => Admin.Run("ip -o link show theirs; ip -o address show theirs | sed 's/ tentative//'");
}
