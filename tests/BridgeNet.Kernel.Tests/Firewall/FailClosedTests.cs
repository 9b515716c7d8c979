using System.Diagnostics;
using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Kernel.Tests.Features;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Kernel.Tests.Firewall;

/// <summary>
/// No network is up without its rules: where iptables is missing or broken, be it for one family, a change is refused, and nothing is left
/// of it.
/// </summary>
public sealed class FailClosedTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly string[] s_four = ["10.70.0.0/24"],
        s_six = ["fd00:70::/64"],
        s_both = ["10.70.0.0/24", "fd00:70::/64"];

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong with which program; of a program that is not there, nothing.</summary>
    private static readonly (string What, string? Script)[] s_faults =
    [
        ("missing", null),
        ("failing", "cat >/dev/null; echo 'no such table' >&2; exit 3"),
        ("failing without reading or saying anything", "exit 1"),
        ("printing garbage", "cat >/dev/null; head -c 100000 /dev/urandom; exit 0"),
        ("doing nothing", "exit 0"),
        ("killed", "kill -9 $$"),
        ("hanging", "exec sleep 600"),
    ];

    public static TheoryData<string, string> Faults
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string program in (string[])["iptables-save", "iptables-restore", "ip6tables-save", "ip6tables-restore"])
            {
                foreach ((string what, _) in s_faults)
                    all.Add(program, what);
            }
            return all;
        }
    }

    /// <summary>iptables' own programs print rules of a table that sleeps, and of a chain without its hook, as if all were well.</summary>
    [Theory]
    [InlineData("nft 'add table ip filter { flags dormant; }'", "nft add table ip filter", "iptables, table filter is dormant")]
    [InlineData("nft 'add table ip6 filter { flags dormant; }'", "nft add table ip6 filter", "ip6tables, table filter is dormant")]
    [InlineData("nft 'add table ip raw { flags dormant; }'", "nft add table ip raw", "iptables, table raw is dormant")]
    [InlineData("nft 'add table ip6 mangle { flags dormant; }'", "nft add table ip6 mangle", "ip6tables, table mangle is dormant")]
    [InlineData(
        "nft 'delete table ip mangle; add table ip mangle; add chain ip mangle FORWARD'",
        "nft delete table ip mangle",
        "iptables, table mangle, chain FORWARD is without a hook"
    )]
    public void No_network_comes_while_packets_pass_its_rules_by(string asleep, string awake, string told) =>
        EngineSpace.In(
            space,
            "iptables",
            (engine, _) =>
            {
                Admin.Needs("nft");
                engine.Make(new NetworkRequest("a") { Subnets = s_both });
                Assert.SkipUnless(
                    Admin.Run("iptables --version").Contains("nf_tables", StringComparison.Ordinal),
                    "iptables is not of nf_tables"
                );
                Admin.Run(asleep);
                Assert.Contains(engine.FindDrift(null), static drift => drift is { Kind: DriftKind.ForeignRule, Repairable: false });
                BridgeNetException refused = Assert.Throws<BridgeNetException>(() =>
                    engine.Make(new NetworkRequest("b") { Internal = true })
                );
                Assert.Equal(ErrorIds.FirewallFailed, refused.Problems[0].ErrorId);
                Assert.Contains(told, refused.Problems[0].Message, StringComparison.Ordinal);
                Assert.DoesNotContain(engine.GetNetworks(), static network => network.Name == "b");
                Admin.Run(awake);
                engine.Repair(null, new ChangeContext());
                Assert.Empty(engine.FindDrift(null));
                engine.Make(new NetworkRequest("b") { Internal = true });
            }
        );

    /// <summary>
    /// Who flushes rules leaves chains, sets and what networks put into them; a change that only added to these would make a network that
    /// nothing isolates.
    /// </summary>
    [Theory]
    [InlineData("iptables", "iptables -F")]
    [InlineData("iptables", "ip6tables -F")]
    [InlineData("iptables", "iptables -F FORWARD")]
    [InlineData("iptables", "iptables -t nat -F")]
    [InlineData("iptables", "nft flush table bridge bridgenet")]
    [InlineData("iptables", "nft delete table bridge bridgenet")]
    [InlineData("nftables", "nft flush table inet bridgenet")]
    [InlineData("nftables", "nft flush chain inet bridgenet raw")]
    [InlineData("nftables", "nft flush chain inet bridgenet prerouting")]
    [InlineData("nftables", "nft delete table inet bridgenet")]
    [InlineData("nftables", "nft flush table bridge bridgenet")]
    [InlineData("nftables", "nft delete table bridge bridgenet")]
    public void Flushed_rules_are_restored_after_the_next_change(string backend, string flush) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Needs(flush.Split(' ')[0]);
                engine.Make(
                    new NetworkRequest("a")
                    {
                        Subnets = s_both,
                        Options = new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" },
                    }
                );
                engine.Start("c", new EndpointRequest("a"));
                Action[] changes =
                [
                    () => engine.Start("d", new EndpointRequest("a") { Publish = ["8070:80"] }),
                    () => engine.Leave("d", "a"),
                    () => engine.Join("d", new EndpointRequest("a") { Publish = ["8070:80"] }),
                    () => engine.Change("a", NetworkOptions.EnableMasquerade, "false"),
                ];
                foreach (Action change in changes)
                {
                    Admin.Run(flush);
                    Assert.NotEmpty(engine.FindDrift(null));
                    change();
                    Assert.Empty(engine.FindDrift(null));
                }
            }
        );

    [Theory]
    [InlineData("iptables", "iptables -t nat -F BRIDGENET-NAT")]
    [InlineData("nftables", "nft flush map inet bridgenet publish-any4")]
    public void Rules_removed_with_a_container_do_not_return(string backend, string flush) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                Admin.Needs(flush.Split(' ')[0]);
                foreach (string network in (string[])["a", "b", "stays"])
                    engine.Make(
                        new NetworkRequest(network) { Options = new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" } }
                    );
                engine.Start("c", new EndpointRequest("a") { Publish = ["8071:80"] });
                engine.Start("stays", new EndpointRequest("stays") { Publish = ["8072:80"] });
                engine.Join("c", new EndpointRequest("b") { Publish = ["8073:80"] });
                // The rules of one network are there, those of the other are not; all are made anew.
                string back =
                    backend == "iptables"
                        ? "iptables -t nat -I BRIDGENET-NAT -p tcp -m tcp --dport 8071 -j DNAT --to-destination ADDRESS:80"
                        : "nft 'add element inet bridgenet publish-any4 { tcp . 8071 : ADDRESS . 80 }'";
                Admin.Run(
                    $"{flush}; {back.Replace("ADDRESS", $"{engine.FindContainer("c").Endpoints[0].IPAddress}", StringComparison.Ordinal)}"
                );
                engine.RemoveContainers(["c"], new ChangeContext());
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(Faults))]
    public void The_first_network_is_refused_and_nothing_is_left(string program, string fault) =>
        EngineSpace.In(
            space,
            "iptables",
            (_, state) =>
            {
                foreach (string[] subnets in (string[][])[s_both, program[2] == '6' ? s_six : s_four])
                {
                    using Session engine = Open(state);
                    using (new PrivatePrograms())
                    {
                        Break(program, fault);
                        Problem[] problems =
                        [
                            .. Assert
                                .Throws<BridgeNetException>(() =>
                                    engine.CreateNetwork(new NetworkRequest("a") { Subnets = subnets }, new ChangeContext())
                                )
                                .Problems,
                        ];
                        Assert.Equal((1, ErrorIds.FirewallFailed), (problems.Length, problems[0].ErrorId));
                        Assert.Contains(program.Split('-')[0] + "-", problems[0].Message, StringComparison.Ordinal);
                        Assert.Contains("BRIDGENET_FIREWALL=nftables", problems[0].Message, StringComparison.Ordinal);
                        Assert.DoesNotContain(engine.GetNetworks(), network => network.Name == "a");
                    }
                    Assert.Empty(Directory.GetFiles(state, "intent*"));
                    Assert.DoesNotContain(
                        Snapshot.Take(engine),
                        static line =>
                            line.Contains("BRIDGENET", StringComparison.Ordinal) || line.Contains("br-", StringComparison.Ordinal)
                    );
                    // The same command is not refused when the program works.
                    engine.CreateNetwork(new NetworkRequest("a") { Subnets = subnets }, new ChangeContext());
                    Assert.Empty(engine.FindDrift(null));
                    EngineSpace.Clean(engine);
                }
            }
        );

    [Theory]
    [MemberData(nameof(Faults))]
    public void Beside_a_network_it_is_refused_and_the_rules_of_that_stay(string program, string fault) =>
        EngineSpace.In(
            space,
            "iptables",
            (_, state) =>
            {
                using Session engine = Open(state);
                engine.CreateNetwork(new NetworkRequest("a") { Subnets = s_both }, new ChangeContext());
                IReadOnlyList<string> before = Snapshot.Take(engine);
                using (new PrivatePrograms())
                {
                    Break(program, fault);
                    if (program.EndsWith("-save", StringComparison.Ordinal))
                        Assert.Contains(engine.FindDrift(null), static item => item.Kind == DriftKind.Rule);
                    // Who reads is looked at in the first change that makes all rules; what only writes has its exit code.
                    bool seen =
                        fault is not ("doing nothing" or "printing garbage")
                        && (program.EndsWith("-restore", StringComparison.Ordinal) || fault == "missing");
                    Exception? failure = Record.Exception(() =>
                        engine.CreateNetwork(new NetworkRequest("b") { Subnets = ["10.71.0.0/24", "fd00:71::/64"] }, new ChangeContext())
                    );
                    if (seen)
                        Assert.Equal(ErrorIds.FirewallFailed, Assert.IsType<BridgeNetException>(failure).Problems[0].ErrorId);
                    if (failure is not null)
                        Assert.DoesNotContain(engine.GetNetworks(), network => network.Name == "b");
                }
                if (engine.GetNetworks().Any(static network => network.Name == "b"))
                {
                    // A restore that only says that it did is not believed for long.
                    Assert.Equal(
                        program.EndsWith("-restore", StringComparison.Ordinal),
                        engine.FindDrift(null).Any(static item => item.Kind == DriftKind.Rule)
                    );
                    engine.RemoveNetworks(["b"], force: false, new ChangeContext());
                }
                engine.Repair(null, new ChangeContext());
                Assert.Equal(before, Snapshot.Take(engine));
                Assert.Empty(engine.FindDrift(null));
                Assert.Empty(Directory.GetFiles(state, "intent*"));
            }
        );

    [Theory]
    [InlineData("iptables-restore", "iptables-save", "ip6tables-restore", "ip6tables-save")]
    [InlineData("iptables-restore", "iptables-save")]
    [InlineData("ip6tables-restore", "ip6tables-save")]
    public void A_missing_program_is_named_and_existing_networks_are_reported(params string[] missing) =>
        EngineSpace.In(
            space,
            "iptables",
            (_, state) =>
            {
                using Session engine = Open(state);
                engine.CreateNetwork(new NetworkRequest("a") { Subnets = s_both }, new ChangeContext());
                using (new PrivatePrograms())
                {
                    PrivatePrograms.Hide(missing);
                    Assert.Contains("is not installed", Refusal(engine, new NetworkRequest("b")), StringComparison.Ordinal);
                    DriftItem[] drift = [.. engine.FindDrift(null)];
                    Assert.Equal(missing.Length / 2, drift.Length);
                    Assert.All(drift, static item => Assert.Equal((DriftKind.Rule, "cannot be read"), (item.Kind, item.Actual)));
                }
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Fact]
    public void A_lock_that_is_never_freed_is_not_waited_for_without_end_and_its_holder_is_named() =>
        EngineSpace.In(
            space,
            "iptables",
            (_, state) =>
            {
                using Session engine = Open(state);
                using (new PrivatePrograms())
                {
                    // The older variant of iptables alone takes the lock.
                    foreach (string program in (string[])["iptables", "ip6tables"])
                    {
                        Assert.SkipUnless(File.Exists("/run/programs/xtables-legacy-multi"), "iptables' older variant is not installed");
                        PrivatePrograms.Link($"{program}-restore", "xtables-legacy-multi");
                        PrivatePrograms.Link($"{program}-save", "xtables-legacy-multi");
                    }
                    using Process holder = Process.Start(
                        new ProcessStartInfo("/usr/bin/flock", ["/run/xtables.lock", "sh", "-c", "echo held; exec sleep 60"])
                        {
                            RedirectStandardOutput = true,
                        }
                    )!;
                    try
                    {
                        Assert.Equal("held", holder.StandardOutput.ReadLine());
                        long start = Stopwatch.GetTimestamp();
                        Problem problem = Assert
                            .Throws<BridgeNetException>(() =>
                                engine.CreateNetwork(new NetworkRequest("a") { Subnets = s_both }, new ChangeContext())
                            )
                            .Problems[0];
                        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(20));
                        Assert.SkipWhen(
                            problem.Message.Contains("does not exist", StringComparison.OrdinalIgnoreCase),
                            "the kernel is without iptables' older variant"
                        );
                        Assert.Equal((ErrorIds.FirewallFailed, ProblemCategory.ResourceBusy), (problem.ErrorId, problem.Category));
                        Assert.Contains($"timed out: process {holder.Id} (", problem.Message, StringComparison.Ordinal);
                        Assert.Contains("holds the lock /run/xtables.lock", problem.Message, StringComparison.Ordinal);
                    }
                    finally
                    {
                        holder.Kill(entireProcessTree: true);
                        holder.WaitForExit();
                    }
                    Assert.Empty(Directory.GetFiles(state, "intent*"));
                }
                File.Delete("/run/xtables.lock");
            }
        );

    private static string Refusal(Session engine, NetworkRequest request)
    {
        Problem problem = Assert.Single(
            Assert.Throws<BridgeNetException>(() => engine.CreateNetwork(request, new ChangeContext())).Problems
        );
        Assert.Equal(ErrorIds.FirewallFailed, problem.ErrorId);
        return problem.Message;
    }

    private static void Break(string program, string fault)
    {
        if (s_faults.Single(one => one.What == fault).Script is { } script)
            PrivatePrograms.Replace(program, script);
        else
            PrivatePrograms.Hide(program);
    }

    private static Session Open(string state) =>
        new(
            SqliteStateStore.Open(state),
            new LinuxMachine(static () => new IptablesBackend(s_patience, lockPatience: TimeSpan.FromSeconds(1))),
            Path.Combine(state, "netns")
        );
}
