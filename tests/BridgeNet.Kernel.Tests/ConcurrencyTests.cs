using System.Diagnostics;
using System.Net;
using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>Processes that work at the same time.</summary>
public sealed class ConcurrencyTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void They_never_share_a_subnet_or_an_address(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                const int Processes = 4,
                    Networks = 10;
                engine.CreateNetwork(new NetworkRequest("shared") { Subnets = ["10.77.0.0/24"] }, new ChangeContext());
                Probe[] probes =
                [
                    .. Enumerable.Range(0, Processes).Select(number => Probe.Start(state, backend, "create", $"p{number}-", $"{Networks}")),
                ];
                Assert.All(probes, probe => Assert.Equal(0, probe.WaitForEnd()));
                NetworkRow[] made = [.. engine.GetNetworks().Where(network => network.Name.StartsWith('p'))];
                Assert.Equal(Processes * Networks, made.Length);
                Assert.Equal(made.Length, made.Select(network => network.Subnet).Distinct().Count());
                IReadOnlyList<EndpointRow> shared = engine.FindNetwork("shared").Containers is { Count: > 0 } some
                    ? some
                    :
                    [
                        .. engine
                            .GetContainers()
                            .SelectMany(container => container.Endpoints)
                            .Where(endpoint => endpoint.NetworkName == "shared"),
                    ];
                Assert.Equal(Processes * Networks, shared.Select(endpoint => endpoint.IPAddress).Distinct().Count());
                Assert.Equal(Processes * Networks, shared.Select(endpoint => endpoint.MacAddress).Distinct().Count());
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Of_concurrent_requests_for_one_name_one_succeeds(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                const int Threads = 8;
                int made = 0,
                    refused = 0;
                // Threads born here live in this namespace, each with an engine and a connection of its own.
                Thread[] threads =
                [
                    .. Enumerable
                        .Range(0, Threads)
                        .Select(_ => new Thread(() =>
                        {
                            using Session own = Engine.Open(state, backend);
                            try
                            {
                                own.CreateNetwork(new NetworkRequest("same") { Subnets = ["10.78.0.0/24"] }, new ChangeContext());
                                Interlocked.Increment(ref made);
                            }
                            catch (BridgeNetException failure)
                                when (failure
                                        .Problems.Select(problem => problem.ErrorId)
                                        .SequenceEqual([ErrorIds.NetworkExists, ErrorIds.SubnetOverlaps])
                                )
                            {
                                Interlocked.Increment(ref refused);
                            }
                        })),
                ];
                foreach (Thread thread in threads)
                    thread.Start();
                foreach (Thread thread in threads)
                    thread.Join();
                Assert.Equal((1, Threads - 1), (made, refused));
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void A_receiver_of_messages_blocks_no_process_and_may_start_another_change(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                using Session other = Engine.Open(state, backend, TimeSpan.FromSeconds(5));
                List<string> heard = [];
                void Listen(string line)
                {
                    if (heard.Count == 0)
                    {
                        // While a first line is listened to, the change has ended, for others and for whoever listens.
                        Assert.NotNull(engine.FindNetwork("first").BridgeName);
                        other.CreateNetwork(new NetworkRequest("second"), new ChangeContext());
                        engine.CreateNetwork(new NetworkRequest("third"), new ChangeContext());
                    }
                    heard.Add(line);
                }
                engine.CreateNetwork(new NetworkRequest("first"), new ChangeContext { Verbose = Listen });
                Assert.StartsWith("ip link add br-", heard[0], StringComparison.Ordinal);
                Assert.StartsWith("ip link set br-", heard[^1], StringComparison.Ordinal);
                Assert.Equal(
                    ["first", "second", "third"],
                    engine.GetNetworks().Where(static network => !network.IsPredefined).Select(static network => network.Name).Order()
                );
                // What a change that fails has done is heard too, and then why it failed.
                heard.Clear();
                heard.Add("");
                Assert.Throws<BridgeNetException>(() =>
                    engine.CreateNetwork(
                        new NetworkRequest("fourth"),
                        new ChangeContext
                        {
                            Verbose = Listen,
                            BeforeStep = static (step, _) =>
                            {
                                if (step == 2)
                                    throw new IOException("injected");
                            },
                        }
                    )
                );
                Assert.Equal(4, heard.Count);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Eight_processes_with_fifty_mixed_commands_each_are_refused_only_for_valid_reasons(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                const int Processes = 8,
                    Commands = 50;
                Worker[] workers =
                [
                    .. Enumerable
                        .Range(0, Processes)
                        .Select(number => Worker.Start(state, backend, "load", $"{1000 + number}", $"{Commands}")),
                ];
                try
                {
                    Assert.All(workers, worker => Assert.Equal("ready", worker.Read()));
                    long start = Stopwatch.GetTimestamp();
                    foreach (Worker worker in workers)
                        worker.Go();
                    string[] lines = [.. workers.SelectMany(Lines)];
                    TimeSpan all = Stopwatch.GetElapsedTime(start);
                    // One that failed otherwise says why on its standard error, and ended sooner.
                    Assert.All(workers, worker => worker.AssertEnded(killed: false));
                    Assert.Equal(Processes * Commands, lines.Length);
                    int longest = lines.Max(line => int.Parse(line.Split(' ')[1]));
                    Counts.Print(
                        $"{lines.Length} commands of {Processes} processes over {backend} in {all.TotalSeconds:0.0} s, the longest with its waiting {longest} ms: {string.Join(", ", lines.Select(line => line.Split(' ')[0]).CountBy(outcome => outcome).OrderByDescending(outcome => outcome.Value).Select(outcome => $"{outcome.Value} {outcome.Key}"))}"
                    );
                    Assert.InRange(lines.Count(line => !line.Contains(':')), 50, lines.Length);
                    // Nobody is starved; on a slow machine, the whole run is the measure.
                    Assert.InRange(longest, 0, Math.Max(SqliteStateStore.Patience.TotalMilliseconds / 2, all.TotalMilliseconds * 3 / 4));
                    AssertUnique(engine);
                    Remains.AssertNone(engine, state);
                }
                finally
                {
                    foreach (Worker worker in workers)
                        worker.Dispose();
                }
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Of_a_hundred_concurrent_creations_of_one_subnet_one_succeeds(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                const int Processes = 10,
                    Threads = 10;
                Worker[] workers =
                [
                    .. Enumerable.Range(0, Processes).Select(_ => Worker.Start(state, backend, "race", "10.79.0.0/24", $"{Threads}")),
                ];
                try
                {
                    Assert.All(workers, worker => Assert.Equal("ready", worker.Read()));
                    foreach (Worker worker in workers)
                        worker.Go();
                    string[] lines = [.. workers.SelectMany(Lines)];
                    Assert.All(workers, worker => worker.AssertEnded(killed: false));
                    Assert.Equal(
                        (1, Processes * Threads - 1),
                        (lines.Count(line => line == "made"), lines.Count(line => line == ErrorIds.SubnetOverlaps))
                    );
                    Assert.Single(engine.GetNetworks(), network => network.BridgeName is not null);
                    Counts.Print($"{lines.Length} creations of one subnet at once over {backend}: 1 made");
                }
                finally
                {
                    foreach (Worker worker in workers)
                        worker.Dispose();
                }
            }
        );

    [Fact]
    public void A_timeout_names_the_lock_owner_and_the_wait_can_be_stopped() =>
        EngineSpace.In(
            space,
            "nftables",
            (engine, state) =>
            {
                using Worker holder = Worker.Start(state, "nftables", "hold", "0", "0");
                Assert.Equal("held", holder.Read());
                using (Session impatient = Engine.Open(state, "nftables", patience: TimeSpan.FromSeconds(1)))
                {
                    Problem problem = Assert.Single(
                        Assert
                            .Throws<BridgeNetException>(() => impatient.CreateNetwork(new NetworkRequest("a"), new ChangeContext()))
                            .Problems
                    );
                    Assert.Equal((ErrorIds.StateBusy, ProblemCategory.ResourceBusy), (problem.ErrorId, problem.Category));
                    Assert.Contains($"process {holder.Id} (BridgeNet.Engin", problem.Message);
                    Assert.Contains("Timed out after 1 s", problem.Message);
                    // To look is not to wait.
                    Assert.Empty(impatient.GetContainers());
                }
                using CancellationTokenSource stop = new();
                stop.CancelAfter(TimeSpan.FromMilliseconds(100));
                long start = Stopwatch.GetTimestamp();
                Assert.Equal(
                    ErrorIds.OperationStopped,
                    Assert
                        .Single(
                            Assert
                                .Throws<BridgeNetException>(() =>
                                    engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext { Cancellation = stop.Token })
                                )
                                .Problems
                        )
                        .ErrorId
                );
                Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
                holder.Go();
                holder.AssertEnded(killed: false);
                engine.CreateNetwork(new NetworkRequest("a"), new ChangeContext());
            }
        );

    private static IEnumerable<string> Lines(Worker worker)
    {
        while (worker.Read() is { } line)
            yield return line;
    }

    private static void AssertUnique(Session engine)
    {
        IReadOnlyList<NetworkRow> networks = engine.GetNetworks();
        IReadOnlyList<ContainerRow> containers = engine.GetContainers();
        EndpointRow[] endpoints = [.. containers.SelectMany(container => container.Endpoints)];
        Once("names of networks", networks.Select(network => network.Name));
        Once(
            "ids",
            networks
                .Select(network => network.Id)
                .Concat(containers.Select(container => container.Id))
                .Concat(endpoints.Select(endpoint => endpoint.EndpointId))
        );
        Once("bridges", networks.Select(network => network.BridgeName).OfType<string>());
        Once("subnets", networks.SelectMany(network => network.IPAM.Config).Select(config => config.Subnet));
        Once("names of containers", containers.Select(container => container.Name));
        Once("links", endpoints.Select(endpoint => endpoint.HostInterface));
        Once("addresses", endpoints.SelectMany(endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address]).OfType<IPAddress>());
        Once("MACs", endpoints.Select(endpoint => (endpoint.NetworkId, endpoint.MacAddress)));
        Once("ports", engine.GetPorts().Where(port => port.HostPort > 0).Select(port => (port.HostAddress, port.HostPort, port.Protocol)));
    }

    private static void Once<T>(string what, IEnumerable<T> items) =>
        Assert.Equal(
            "",
            string.Join(
                ", ",
                items
                    .CountBy(item => $"{item}")
                    .Where(item => item.Value > 1)
                    .Select(item => $"{item.Key} is {item.Value} times among the {what}")
            )
        );
}
