using System.Diagnostics;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>Containers whose namespace goes: our own come back, those of others are told until their owner brings them back.</summary>
public sealed class ContainerDriftTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly ChangeContext s_context = new();

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_ended_process_is_reported_and_cannot_be_repaired(string backend) =>
        WithStranger(
            space,
            backend,
            (engine, stranger) =>
            {
                stranger.Kill();
                stranger.WaitForExit();
                AssertDead(engine, $"/proc/{stranger.Id}/ns/net");
                Assert.Empty(engine.RemoveContainers(["stranger"], s_context));
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_reused_process_id_is_recognized_as_another_process(string backend) =>
        WithStranger(
            space,
            backend,
            (engine, stranger) =>
            {
                // The same number in another namespace, as after a new start of the machine.
                ulong inode = Inode(stranger);
                stranger.StandardInput.WriteLine("go on");
                SpinWait.SpinUntil(() => Inode(stranger) is var now && now != inode && now != 0, TimeSpan.FromSeconds(10));
                string links = Admin.Run($"nsenter --net=/proc/{stranger.Id}/ns/net ip -o link");
                AssertDead(
                    engine,
                    $"/proc/{stranger.Id}/ns/net",
                    "another network namespace",
                    $"remove the container stranger; connect /proc/{stranger.Id}/ns/net again to use the namespace that is there now"
                );
                Assert.Equal(links, Admin.Run($"nsenter --net=/proc/{stranger.Id}/ns/net ip -o link"));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Another_namespace_at_the_path_of_a_container_is_reported_and_left_alone(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Run("ip netns add theirs");
                try
                {
                    engine.CreateNetwork(new NetworkRequest("web"), s_context);
                    engine.Connect(new EndpointRequest("web"), new ContainerReference { NetNSPath = "/run/netns/theirs" }, s_context);
                    Admin.Run("ip netns delete theirs; ip netns add theirs");
                    string links = Admin.Run("ip -n theirs -o link");
                    DriftItem told = Assert.Single(engine.FindDrift(null));
                    Assert.Equal((DriftKind.Namespace, "another network namespace", false), (told.Kind, told.Actual, told.Repairable));
                    // Before Linux 6.18 only the inode number is seen from outside, and the new namespace may have that of the old one.
                    if (Environment.OSVersion.Version >= new Version(6, 18))
                        Assert.Equal("dead", engine.FindContainer("theirs").Status);
                    Assert.Empty(engine.Repair(null, s_context).Problems);
                    Assert.Equal(
                        ErrorIds.ContainerExists,
                        Assert
                            .Single(
                                Assert
                                    .Throws<BridgeNetException>(() =>
                                        engine.Connect(
                                            new EndpointRequest("web"),
                                            new ContainerReference { NetNSPath = "/run/netns/theirs" },
                                            s_context
                                        )
                                    )
                                    .Problems
                            )
                            .ErrorId
                    );
                    Assert.Equal(links, Admin.Run("ip -n theirs -o link"));
                    // Meant after all: it is connected as a container of its own.
                    Assert.Empty(engine.RemoveContainers(["theirs"], s_context));
                    engine.Connect(new EndpointRequest("web"), new ContainerReference { NetNSPath = "/run/netns/theirs" }, s_context);
                    Assert.Empty(engine.FindDrift(null));
                    Assert.NotEqual(links, Admin.Run("ip -n theirs -o link"));
                }
                finally
                {
                    engine.RemoveContainers(["theirs"], s_context);
                    Admin.Run("ip netns delete theirs");
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_namespace_of_another_tool_that_is_gone_is_reported(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Run("ip netns add theirs");
                try
                {
                    engine.CreateNetwork(new NetworkRequest("web") { Subnets = ["10.50.0.0/24", "2001:db8:50::/64"] }, s_context);
                    engine.CreateContainer(new ContainerRequest("client") { Network = new EndpointRequest("web") }, s_context);
                    engine.Connect(
                        new EndpointRequest("web") { Publish = ["8080:80"] },
                        new ContainerReference { NetNSPath = "/run/netns/theirs" },
                        s_context
                    );
                    Admin.Run("ip netns delete theirs");
                    DriftItem dead = Assert.Single(engine.FindDrift(null));
                    Assert.Equal(
                        "Namespace web/theirs /run/netns/theirs | a network namespace | missing | NOT wait until its owner creates it again, or remove the container theirs",
                        DriftLab.InWords(dead)
                    );
                    Assert.Equal("dead", engine.FindContainer("theirs").Status);
                    Assert.Empty(engine.Repair(null, s_context).Problems);
                    Assert.Single(engine.FindDrift(null));
                }
                finally
                {
                    engine.RemoveContainers(["theirs"], s_context);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_path_that_now_leads_to_the_hosts_own_namespace_is_reported_and_not_changed(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Run("ip netns add theirs");
                try
                {
                    engine.CreateNetwork(new NetworkRequest("web"), s_context);
                    engine.Connect(new EndpointRequest("web"), new ContainerReference { NetNSPath = "/run/netns/theirs" }, s_context);
                    Admin.Run("ip netns delete theirs; touch /run/netns/theirs; mount --bind /proc/self/ns/net /run/netns/theirs");
                    // The kernel takes a namespace's links away some time after its last user left.
                    Admin.Run("timeout 20 sh -c 'while ip link show type veth | grep -q .; do :; done'");
                    string links = Admin.Run("ip -o link | sed 's/<.*//'");
                    DriftItem told = Assert.Single(engine.FindDrift(null));
                    Assert.Equal((DriftKind.Namespace, "the host's own", false), (told.Kind, told.Actual, told.Repairable));
                    Assert.Empty(engine.Repair(null, s_context).Problems);
                    Assert.Equal(links, Admin.Run("ip -o link | sed 's/<.*//'"));
                }
                finally
                {
                    engine.RemoveContainers(["theirs"], s_context);
                    Admin.Run("ip netns delete theirs");
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_foreign_namespace_with_an_interface_of_that_name_is_left_alone(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Run("ip netns add theirs");
                try
                {
                    engine.CreateNetwork(new NetworkRequest("web"), s_context);
                    engine.Connect(new EndpointRequest("web"), new ContainerReference { NetNSPath = "/run/netns/theirs" }, s_context);
                    Admin.Run("ip -n theirs link delete eth0; ip -n theirs link add eth0 type veth peer name theirs0");
                    DriftItem told = Assert.Single(engine.FindDrift(null));
                    Assert.Equal(
                        (
                            DriftKind.Endpoint,
                            "a foreign link has the name eth0",
                            "rename or remove the link eth0, then repair again",
                            false
                        ),
                        (told.Kind, told.Actual, told.Repair, told.Repairable)
                    );
                    Assert.Empty(engine.Repair(null, s_context).Problems);
                    Admin.Run("ip -n theirs link set eth0 name lan");
                    Assert.Empty(engine.Repair(null, s_context).Problems);
                    Assert.Empty(engine.FindDrift(null));
                    Assert.Contains("lan@theirs0", Admin.Run("ip -n theirs -o link"));
                }
                finally
                {
                    engine.RemoveContainers(["theirs"], s_context);
                    Admin.Run("ip netns delete theirs");
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_namespace_that_a_program_still_holds_is_replaced_by_one_that_is_connected(string backend) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                using Process program = lab.Space("client").Run(() => Process.Start(new ProcessStartInfo("sleep", "1000"))!);
                try
                {
                    lab.Break("umount -l {path:client}; rm {path:client}");
                    Assert.Equal([DriftKind.Namespace], lab.Engine.FindDrift(null).Select(drift => drift.Kind));
                    lab.CheckRepair();
                }
                finally
                {
                    program.Kill();
                    program.WaitForExit();
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_container_without_a_network_comes_back_too(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                string path = engine.CreateContainer(new ContainerRequest("alone"), s_context).NetNSPath;
                string host = engine
                    .CreateContainer(new ContainerRequest("shared") { Network = new EndpointRequest("host") }, s_context)
                    .NetNSPath;
                Admin.Run($"umount {path}; rm {path}; umount {host}");
                Assert.Equal(
                    [
                        $"Namespace /alone {path} | a network namespace | missing | mkdir -p {Path.GetDirectoryName(path)}; touch {path}; unshare --net={path} true; nsenter --net={path} ip link set lo up",
                        $"Namespace /shared {host} | a network namespace | missing | mkdir -p {Path.GetDirectoryName(host)}; touch {host}; mount --bind /proc/self/ns/net {host}",
                    ],
                    engine.FindDrift(null).Select(DriftLab.InWords)
                );
                Assert.Empty(engine.Repair(null, s_context).Problems);
                Assert.Empty(engine.FindDrift(null));
                Assert.All(engine.GetContainers(), container => Assert.Equal("running", container.Status));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_container_that_got_another_name_has_not_drifted(string backend) =>
        DriftLab.In(
            space,
            backend,
            lab =>
            {
                lab.Engine.RenameContainer("client", "browser", s_context);
                DriftLab.AssertSame([], lab.Drift());
                lab.Engine.RenameContainer("browser", "client", s_context);
                DriftLab.AssertSame(lab.Before, Snapshot.Take(lab.Engine));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_network_with_large_packets_has_not_drifted_when_its_last_container_left(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.CreateNetwork(
                    new NetworkRequest("jumbo") { Options = new Dictionary<string, string> { ["com.docker.network.driver.mtu"] = "9000" } },
                    s_context
                );
                engine.CreateContainer(new ContainerRequest("c") { Network = new EndpointRequest("jumbo") }, s_context);
                Assert.Empty(engine.FindDrift(null));
                engine.RemoveContainers(["c"], s_context);
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Ip_netns_deletes_a_container_of_ours_and_a_repair_brings_it_back(string backend)
    {
        Firewalls.Needs(backend);
        using PrivateNamespace own = new();
        using TemporaryDirectory directory = new();
        string state = directory.Path;
        own.Run(() =>
        {
            // The machine's /etc must not see what lies in /etc/netns.
            Assert.SkipUnless(
                IptablesProgram
                    .Run(
                        "sh",
                        "",
                        "-c",
                        "mkdir /run/etc /run/work && mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc,workdir=/run/work /etc"
                    )
                    .Code == 0,
                "an overlay over /etc cannot be mounted"
            );
            using Session engine = Engine.Open(state, backend, spaces: "/run/netns");
            engine.CreateNetwork(new NetworkRequest("web"), s_context);
            engine.CreateContainer(new ContainerRequest("c1") { Network = new EndpointRequest("web") }, s_context);
            engine.CreateContainer(new ContainerRequest("c2") { Network = new EndpointRequest("web") }, s_context);
            IReadOnlyList<string> before = Snapshot.Take(engine);
            Assert.Contains("c1", Admin.Run("ip netns list"));
            Admin.Run("ip netns delete c1; rm -r /etc/netns/c2");
            Assert.Equal(
                [(DriftKind.Namespace, "c1"), (DriftKind.File, "c2")],
                engine.FindDrift(null).Select(drift => (drift.Kind, drift.ContainerName))
            );
            Assert.Empty(engine.Repair(null, s_context).Problems);
            Assert.Empty(engine.FindDrift(null));
            DriftLab.AssertSame(before, Snapshot.Take(engine));
            Assert.True(engine.TestConnection("c2", "c1", 0, 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken).Reachable);
            engine.RemoveContainers(["c1", "c2"], s_context);
            engine.RemoveNetworks(["web"], force: false, s_context);
            Assert.Empty(Directory.GetFileSystemEntries("/run/etc/netns"));
        });
    }

    /// <summary>A process of somebody else's in a namespace of its own; it moves to another one when it is told to go on.</summary>
    private static void WithStranger(PrivateNamespace space, string backend, Action<Session, Process> work) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                using Process stranger = Process.Start(
                    new ProcessStartInfo("unshare", ["--net", "sh", "-c", "echo; read go; exec unshare --net sleep 1000"])
                    {
                        RedirectStandardInput = true,
                        RedirectStandardOutput = true,
                    }
                )!;
                stranger.StandardOutput.ReadLine();
                try
                {
                    engine.CreateNetwork(new NetworkRequest("web"), s_context);
                    engine.Connect(
                        new EndpointRequest("web"),
                        new ContainerReference { ProcessId = stranger.Id, Name = "stranger" },
                        s_context
                    );
                    Assert.Empty(engine.FindDrift(null));
                    work(engine, stranger);
                }
                finally
                {
                    stranger.Kill();
                    stranger.WaitForExit();
                }
            }
        );

    private static void AssertDead(
        Session engine,
        string path,
        string actual = "missing",
        string advice = "wait until its owner creates it again, or remove the container stranger"
    )
    {
        string told = $"Namespace web/stranger {path} | a network namespace | {actual} | NOT {advice}";
        Assert.Equal([told], engine.FindDrift(null).Select(DriftLab.InWords));
        Assert.Equal("dead", engine.FindContainer("stranger").Status);
        Assert.Empty(engine.DescribeRepair(null));
        (IReadOnlyList<DriftItem> found, IReadOnlyList<Problem> problems) = engine.Repair(null, s_context);
        Assert.Equal([told], found.Select(DriftLab.InWords));
        Assert.Empty(problems);
        Assert.Equal([told], engine.FindDrift(null).Select(DriftLab.InWords));
    }

    private static ulong Inode(Process process)
    {
        using NetworkNamespace? there = NetworkNamespace.TryOpen($"/proc/{process.Id}/ns/net");
        return there?.Inode ?? 0;
    }
}
