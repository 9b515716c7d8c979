using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>What containers on a network know each other by.</summary>
public sealed class NameTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly ChangeContext s_context = new();

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Hosts_files_follow_every_connection_and_disconnection(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24", "2001:db8:20::/64"] });
                engine.Make(new NetworkRequest("m"));
                engine.Start("a", new EndpointRequest("n"));
                engine.Start("elsewhere", new EndpointRequest("m"));
                engine.Start(
                    "b",
                    new EndpointRequest("n")
                    {
                        IPAddress = "10.20.0.9",
                        IPv6Address = "2001:db8:20::9",
                        Aliases = ["db"],
                    }
                );
                foreach (string name in (string[])["b", "db", engine.FindContainer("b").ShortId])
                {
                    Assert.Contains("10.20.0.9", Lines(engine, "a", name));
                    Assert.Contains("2001:db8:20::9", Lines(engine, "a", name));
                }
                Assert.Empty(Lines(engine, "elsewhere", "b"));
                engine.Join("elsewhere", new EndpointRequest("n"));
                Assert.Contains("10.20.0.9", Lines(engine, "elsewhere", "db"));
                Assert.NotEmpty(Lines(engine, "b", "elsewhere"));
                engine.Leave("b", "n");
                Assert.Empty(Lines(engine, "a", "b"));
                Assert.Empty(Lines(engine, "elsewhere", "db"));
                engine.Remove("n");
                Assert.Empty(Lines(engine, "a", "elsewhere"));
            }
        );

    [Fact]
    public void A_name_that_would_mislead_neighbours_is_refused_everywhere() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24"] });
                engine.Start("a", new EndpointRequest("n"));
                NetworkNamespace.Create(Path.Combine(state, "localhost")).Dispose();
                foreach (
                    (string id, Func<object?> work) in ((string, Func<object?>)[])
                        [
                            (ErrorIds.InvalidName, () => engine.Start("LocalHost", new EndpointRequest("n"))),
                            (ErrorIds.InvalidName, () => engine.RenameContainer("a", "ip6-loopback", s_context)),
                            (
                                ErrorIds.InvalidName,
                                () =>
                                    engine.Connect(
                                        new EndpointRequest("n"),
                                        new ContainerReference { NetNSPath = Path.Combine(state, "localhost") },
                                        s_context
                                    )
                            ),
                            (ErrorIds.InvalidOption, () => engine.Start("b", new EndpointRequest("n") { Aliases = ["localhost"] })),
                            (
                                ErrorIds.InvalidOption,
                                () =>
                                    engine.CreateContainer(
                                        new ContainerRequest("b") { Names = new() { AddHost = ["db.localhost:10.20.0.9"] } },
                                        s_context
                                    )
                            ),
                        ]
                )
                    Assert.Equal(id, Making.Refused(work).ErrorId);
                NetworkNamespace.Delete(Path.Combine(state, "localhost"));
                Assert.Equal(["127.0.0.1", "::1"], Lines(engine, "a", "localhost"));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_running_program_sees_a_new_name(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24"] });
                engine.Start("watcher", new EndpointRequest("n"));
                engine.Start("old", new EndpointRequest("n") { IPAddress = "10.20.0.9" });
                string script =
                    "grep -q 'old' /etc/hosts && echo before; until grep -q 'new' /etc/hosts; do sleep 0.02; done; grep -q 'old' /etc/hosts || echo after";
                List<string> lines = [];
                using SemaphoreSlim started = new(0);
                using CancellationTokenSource bound = new(TimeSpan.FromSeconds(20));
                // A thread of this one's namespaces.
                Thread program = new(() =>
                    engine.Run(
                        "watcher",
                        "sh",
                        ["-c", script],
                        "/",
                        line =>
                        {
                            lines.Add(line);
                            started.Release();
                        },
                        lines.Add,
                        bound.Token
                    )
                );
                program.Start();
                Assert.True(started.Wait(TimeSpan.FromSeconds(20)));
                engine.RenameContainer("old", "new", s_context);
                Assert.True(program.Join(TimeSpan.FromSeconds(20)));
                Assert.Equal(["before", "after"], lines);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Renamed_a_container_has_a_new_path_and_all_else_as_before(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24"] });
                engine.Start("old", new EndpointRequest("n") { IPAddress = "10.20.0.9", Publish = ["8080:80"] });
                engine.Start("other", new EndpointRequest("n"));
                ContainerRow before = engine.FindContainer("old");
                ulong inode = Inode(before.NetNSPath);
                ContainerRow after = engine.RenameContainer("old", "new", s_context);
                Assert.Equal((before.Id, Path.Combine(state, "netns", "new"), inode), (after.Id, after.NetNSPath, Inode(after.NetNSPath)));
                Assert.False(File.Exists(before.NetNSPath));
                Assert.True(engine.Pings("other", "10.20.0.9"));
                Assert.Equal("new", Assert.Single(engine.GetPorts().Select(port => port.ContainerName).Distinct()));
                Assert.NotEmpty(Lines(engine, "new", "new"));
                Assert.Contains(
                    Snapshot.Take(engine),
                    static line =>
                        line.StartsWith("host link veth", StringComparison.Ordinal)
                        && line.EndsWith(" bridgenet endpoint new", StringComparison.Ordinal)
                );
                Assert.Empty(engine.FindDrift(null));
                Assert.Equal(ErrorIds.ContainerExists, Making.Refused(() => engine.RenameContainer("new", "other", s_context)).ErrorId);
                // The old name is free.
                engine.Start("old");
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_container_has_the_given_names_and_servers(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { Subnets = ["10.20.0.0/24"] });
                engine.CreateContainer(
                    new ContainerRequest("a")
                    {
                        Network = new EndpointRequest("n"),
                        Names = new NameRequest
                        {
                            Hostname = "web",
                            DomainName = "corp.test",
                            AddHost = ["db:10.0.0.7", "up:host-gateway"],
                            Dns = ["192.0.2.53"],
                            DnsSearch = ["corp.test"],
                            DnsOption = ["ndots:2"],
                        },
                    },
                    s_context
                );
                Assert.Equal("web", engine.Output("a", "uname", "-n"));
                Assert.Contains("10.20.0.2", Lines(engine, "a", "web.corp.test"));
                Assert.Contains("10.0.0.7", Lines(engine, "a", "db"));
                Assert.Contains("10.20.0.1", Lines(engine, "a", "up"));
                string resolver = engine.Output("a", "cat", "/etc/resolv.conf");
                foreach (string line in (string[])["nameserver 192.0.2.53", "search corp.test", "options ndots:2"])
                    Assert.Contains(line, resolver);
            }
        );

    private static ulong Inode(string path)
    {
        using NetworkNamespace open = NetworkNamespace.Open(path);
        return open.Inode;
    }

    /// <summary>The addresses that a container's hosts file has for a name.</summary>
    private static string[] Lines(Session engine, string container, string name) =>
        [
            .. engine
                .Output(container, "cat", "/etc/hosts")
                .Split('\n')
                .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(words => words.Skip(1).Contains(name))
                .Select(words => words[0]),
        ];
}
