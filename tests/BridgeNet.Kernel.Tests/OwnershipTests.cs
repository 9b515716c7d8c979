using System.Globalization;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Drivers.Bridge;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>Whose a state, a journal and a link are: another boot's and another namespace's are not ours.</summary>
public sealed class OwnershipTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const string OtherBoot = "00000000-0000-4000-8000-000000000001";

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Fact]
    public void A_journal_of_an_earlier_version_is_set_aside_and_reported() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                NetworkRow network = engine.CreateNetwork(new NetworkRequest("web"), new ChangeContext());
                string path = Path.Combine(state, "intent-0.json");
                // As 0.1.0 wrote it, with names in place of operations.
                File.WriteAllText(
                    path,
                    $$"""{"Host":{"Boot":"{{State.StateDirectory.Boot}}","Cookie":{{Native.Syscalls.NetNsCookie()}}},"Rows":["{{network.Id}}"],"Removing":true,"Links":[{"Name":"{{network.BridgeName}}","Kind":"bridge","Mac":"{{network.BridgeMacAddress}}","Alias":"x"}],"Rules":true}"""
                );
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                List<string> warnings = [];
                engine.CreateNetwork(new NetworkRequest("other"), new ChangeContext { Warning = warnings.Add });
                Assert.Contains("by another version of this module", Assert.Single(warnings), StringComparison.Ordinal);
                Assert.Single(Directory.GetFiles(state, "set-aside-*"));
                Assert.Empty(Directory.GetFiles(state, "intent*"));
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Fact]
    public void Mounts_of_others_beside_the_first_namespace_of_ours_stay_in_sight()
    {
        using PrivateNamespace own = new();
        using TemporaryDirectory directory = new();
        string state = directory.Path;
        own.Run(() =>
        {
            Admin.Needs("unshare", "nsenter");
            Admin.Run(
                "mkdir /run/netns; touch /run/netns/theirs; unshare --net=/run/netns/theirs true; nsenter --net=/run/netns/theirs true"
            );
            NetworkNamespace? theirs = NetworkNamespace.TryOpen("/run/netns/theirs");
            using (theirs)
            {
                using Session engine = Engine.Open(state, "nftables", spaces: "/run/netns");
                engine.CreateContainer(
                    new ContainerRequest("bridgenet-beside") { Network = new EndpointRequest("host") },
                    new ChangeContext()
                );
                Admin.Run("nsenter --net=/run/netns/theirs true");
                using NetworkNamespace? still = NetworkNamespace.TryOpen("/run/netns/theirs");
                Assert.Equal(theirs!.Cookie, still?.Cookie);
                Assert.Empty(engine.RemoveContainers(["bridgenet-beside"], new ChangeContext()));
                Admin.Run("nsenter --net=/run/netns/theirs true");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_state_in_use_in_one_namespace_is_refused_in_another(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                engine.CreateNetwork(new NetworkRequest("web") { Subnets = ["10.50.0.0/24"] }, new ChangeContext());
                engine.CreateContainer(new ContainerRequest("c1") { Network = new EndpointRequest("web") }, new ChangeContext());
                IReadOnlyList<string> before = Snapshot.Take(engine);
                using NetworkNamespace other = NetworkNamespace.Create();
                other.Run(() =>
                {
                    using Session elsewhere = Engine.Open(state, backend);
                    // Each command that changes something or compares with the kernel.
                    foreach (
                        Action command in (Action[])
                            [
                                () => elsewhere.CreateNetwork(new NetworkRequest("other"), new ChangeContext()),
                                () => elsewhere.DescribeCreateNetwork(new NetworkRequest("other"), new ChangeContext()),
                                () => elsewhere.Repair(null, new ChangeContext()),
                                () => elsewhere.FindDrift(null),
                                () => elsewhere.RenameContainer("c1", "c2", new ChangeContext()),
                            ]
                    )
                    {
                        BridgeNetException refused = Assert.Throws<BridgeNetException>(command);
                        Assert.Equal(ErrorIds.StateOfOtherNamespace, Assert.Single(refused.Problems).ErrorId);
                    }
                    Assert.Equal(
                        ErrorIds.StateOfOtherNamespace,
                        Assert.Single(elsewhere.RemoveNetworks(["web"], force: true, new ChangeContext())).ErrorId
                    );
                    Assert.Equal(
                        ["web"],
                        elsewhere.GetNetworks().Where(network => network.BridgeName is not null).Select(network => network.Name)
                    );
                    return true;
                });
                Assert.Equal(before, Snapshot.Take(engine));
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_state_with_a_container_alone_is_in_use_too(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                engine.CreateContainer(new ContainerRequest("c1"), new ChangeContext());
                using NetworkNamespace other = NetworkNamespace.Create();
                other.Run(() =>
                {
                    using Session elsewhere = Engine.Open(state, backend);
                    Assert.Equal(
                        ErrorIds.StateOfOtherNamespace,
                        Assert
                            .Throws<BridgeNetException>(() => elsewhere.FindDrift(null, TestContext.Current.CancellationToken))
                            .Problems[0]
                            .ErrorId
                    );
                    return true;
                });
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void It_is_taken_over_where_that_is_asked_for(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                engine.CreateNetwork(new NetworkRequest("web"), new ChangeContext());
                using NetworkNamespace other = NetworkNamespace.Create();
                other.Run(() =>
                {
                    using Session elsewhere = Engine.Open(state, backend);
                    elsewhere.TakeOver(new ChangeContext());
                    Assert.Empty(elsewhere.Repair(null, new ChangeContext()).Problems);
                    Assert.Empty(elsewhere.FindDrift(null, TestContext.Current.CancellationToken));
                    return true;
                });
                Assert.Equal(
                    ErrorIds.StateOfOtherNamespace,
                    Assert
                        .Throws<BridgeNetException>(() => engine.FindDrift(null, TestContext.Current.CancellationToken))
                        .Problems[0]
                        .ErrorId
                );
                engine.TakeOver(new ChangeContext());
                Assert.Empty(engine.FindDrift(null, TestContext.Current.CancellationToken));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_empty_state_or_one_of_another_boot_is_free(string backend)
    {
        using TemporaryDirectory directory = new();
        string state = directory.Path;
        foreach (string? boot in (string?[])[null, null, OtherBoot])
        {
            using PrivateNamespace next = new();
            next.Run(() =>
            {
                using Session engine = Engine.Open(state, backend, boot: boot);
                if (boot is null)
                {
                    engine.CreateNetwork(new NetworkRequest("web"), new ChangeContext());
                    engine.RemoveNetworks(["web"], force: false, new ChangeContext());
                }
                engine.CreateContainer(new ContainerRequest($"c{boot}"), new ChangeContext());
                if (boot is null)
                    engine.RemoveContainers(["c"], new ChangeContext());
                else
                    EngineSpace.Clean(engine);
            });
        }
    }

    [Theory]
    [InlineData("nftables", OtherBoot, false)]
    [InlineData("iptables", OtherBoot, false)]
    [InlineData("nftables", null, true)]
    [InlineData("iptables", null, true)]
    public void A_journal_of_another_boot_or_namespace_is_set_aside_and_reported(string backend, string? boot, bool otherNamespace) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                // Bridges of the same name: the one is of a command that died elsewhere, the other of an admin here.
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                NetworkRow network = engine.CreateNetwork(
                    new NetworkRequest("web") { Options = new Dictionary<string, string> { [NetworkOptions.BridgeName] = "lab0" } },
                    new ChangeContext()
                );
                engine.RemoveNetworks(["web"], force: false, new ChangeContext());
                int index = links.CreateBridge("lab0", network.BridgeMacAddress!.Value, 1500, 0, "bridgenet network web");
                try
                {
                    NamespaceIdentity here = new(boot ?? State.StateDirectory.Boot, Native.Syscalls.NetNsCookie());
                    HostSetting forwarding = new(new("net/ipv4/ip_forward", "1", Otherwise: "0"));
                    Operation[] made =
                    [
                        new ObjectOperation(null, new BridgeLink(BridgeObjects.Mark(network), network.Mtu, 0)),
                        new ObjectOperation(null, forwarding),
                    ];
                    new Journal(new State.JournalFiles(state), new KernelRandomness()).Write(
                        new JournalEntry("one", otherNamespace ? here with { Cookie = here.Cookie + 1 } : here, made)
                    );
                    string forward = Sysctl.Read("net/ipv4/ip_forward")!;
                    List<string> warnings = [];
                    engine.CreateContainer(new ContainerRequest("c1"), new ChangeContext { Warning = warnings.Add });
                    Assert.Equal(index, links.FindLink("lab0")?.Index);
                    Assert.Equal(forward, Sysctl.Read("net/ipv4/ip_forward"));
                    string aside = Assert.Single(Directory.GetFiles(state, "set-aside-*"));
                    Assert.Contains(aside, Assert.Single(warnings), StringComparison.Ordinal);
                    // The control: the same entry of this boot and namespace is undone.
                    new Journal(new State.JournalFiles(state), new KernelRandomness()).Write(
                        new JournalEntry("two", new(State.StateDirectory.Boot, Native.Syscalls.NetNsCookie()), made)
                    );
                    engine.CreateContainer(new ContainerRequest("c2"), new ChangeContext());
                    Assert.Null(links.FindLink("lab0"));
                }
                finally
                {
                    if (links.FindLink("lab0") is { } left)
                        links.DeleteLinks([left.Index]);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void After_a_boot_a_new_namespace_at_the_path_of_a_container_is_recognized_as_another(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                engine.CreateNetwork(new NetworkRequest("web"), new ChangeContext());
                string path = engine
                    .CreateContainer(new ContainerRequest("c1") { Network = new EndpointRequest("web") }, new ChangeContext())
                    .NetNSPath;
                NetworkNamespace.Delete(path);
                using NetworkNamespace admins = NetworkNamespace.Create(path);
                try
                {
                    using Session rebooted = Engine.Open(state, backend, boot: OtherBoot);
                    Assert.Equal("dead", rebooted.FindContainer("c1").Status);
                    rebooted.Repair(null, new ChangeContext());
                    DriftItem told = Assert.Single(rebooted.FindDrift(null));
                    Assert.Equal((DriftKind.Namespace, "another network namespace", false), (told.Kind, told.Actual, told.Repairable));
                    Assert.Throws<BridgeNetException>(() =>
                        rebooted.Run("c1", "true", [], "/", _ => { }, _ => { }, TestContext.Current.CancellationToken)
                    );
                    List<string> warnings = [];
                    Assert.Empty(rebooted.RemoveContainers(["c1"], new ChangeContext { Warning = warnings.Add }));
                    Assert.Contains(path, Assert.Single(warnings), StringComparison.Ordinal);
                    using (NetworkNamespace there = NetworkNamespace.Open(path))
                    {
                        Assert.Equal(admins.Cookie, there.Cookie);
                        using RtnetlinkConnection inside = there.OpenRtnetlink();
                        Assert.Equal(["lo"], inside.GetLinks().Select(link => link.Name));
                    }
                    EngineSpace.Clean(rebooted);
                }
                finally
                {
                    NetworkNamespace.Delete(path);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void One_namespace_is_one_container_by_any_process_or_path(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.CreateNetwork(new NetworkRequest("web"), new ChangeContext());
                engine.CreateNetwork(new NetworkRequest("db"), new ChangeContext());
                ContainerRow c1 = engine.CreateContainer(
                    new ContainerRequest("c1") { Network = new EndpointRequest("web") },
                    new ChangeContext()
                );
                string alias = $"{c1.NetNSPath}-too";
                using (NetworkNamespace own = NetworkNamespace.Open(c1.NetNSPath))
                    own.Keep(alias);
                try
                {
                    BridgeNetException already = Assert.Throws<BridgeNetException>(() =>
                        engine.Connect(new EndpointRequest("web"), new ContainerReference { NetNSPath = alias }, new ChangeContext())
                    );
                    Assert.Equal(ErrorIds.AlreadyConnected, already.Problems[0].ErrorId);
                    Assert.Equal(
                        c1.Id,
                        engine
                            .Connect(new EndpointRequest("db"), new ContainerReference { NetNSPath = alias }, new ChangeContext())
                            .ContainerId
                    );
                    BridgeNetException named = Assert.Throws<BridgeNetException>(() =>
                        engine.Connect(
                            new EndpointRequest("db"),
                            new ContainerReference { NetNSPath = alias, Name = "c2" },
                            new ChangeContext()
                        )
                    );
                    Assert.Equal(ErrorIds.ContainerExists, named.Problems[0].ErrorId);
                    Assert.Equal(["c1"], engine.GetContainers().Select(container => container.Name));
                }
                finally
                {
                    NetworkNamespace.Delete(alias);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_bridge_that_another_tool_created_in_place_of_ours_is_not_removed_with_the_network(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                string bridge = engine.CreateNetwork(new NetworkRequest("web"), new ChangeContext()).BridgeName!;
                using RtnetlinkConnection links = RtnetlinkConnection.Open();
                links.DeleteLinks([links.FindLink(bridge)!.Index]);
                int index = links.CreateBridge(bridge, MacAddress.Random(), 1500, 0, "an admin's");
                try
                {
                    Assert.Equal((DriftKind.Bridge, false), engine.FindDrift(null).Select(drift => (drift.Kind, drift.Repairable)).First());
                    List<string> warnings = [];
                    Assert.Empty(engine.RemoveNetworks(["web"], force: false, new ChangeContext { Warning = warnings.Add }));
                    Assert.Contains(bridge, Assert.Single(warnings), StringComparison.Ordinal);
                    Assert.Equal("an admin's", links.FindLink(index)?.Alias);
                }
                finally
                {
                    links.DeleteLinks([index]);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_process_that_gets_the_number_of_a_dead_one_is_never_entered(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (_, state) =>
            {
                Assert.SkipUnless(File.Exists("/proc/sys/kernel/ns_last_pid"), "the kernel is without CONFIG_CHECKPOINT_RESTORE");
                int rounds = LongTests.Count(50, backend == "nftables" ? 1000 : 50);
                // A pid namespace of its own, where the next number can be chosen.
                (int code, string said, string errors) = ProcessOutput.Of(
                    "unshare",
                    "--pid",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    Probe.Program,
                    state,
                    backend,
                    "reuse",
                    $"{rounds}",
                    "0"
                );
                Assert.True(code == 0, $"{said}\n{errors}");
                int numbers = int.Parse(said.Trim('(', ')', '\n').Split(',')[0], CultureInfo.InvariantCulture);
                Assert.InRange(numbers, rounds / 2, rounds);
                Counts.Print($"{backend}: {rounds} deaths; (pids, inode numbers, starts that came back) {said.Trim()}; 0 entries");
            }
        );
}
