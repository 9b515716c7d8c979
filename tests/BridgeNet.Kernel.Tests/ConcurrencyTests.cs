using BridgeNet.Engine;
using BridgeNet.Model;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>Processes that work at the same time.</summary>
public sealed class ConcurrencyTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void They_never_share_a_subnet_or_an_address(string backend) => EngineSpace.In(space, backend, (engine, state) =>
    {
        const int Processes = 4, Networks = 10;
        engine.CreateNetwork(new NetworkRequest("shared") { Subnets = ["10.77.0.0/24"] }, new ChangeContext());
        Probe[] probes = [.. Enumerable.Range(0, Processes).Select(number => Probe.Start(state, backend, "create", $"p{number}-", $"{Networks}"))];
        Assert.All(probes, probe => Assert.Equal(0, probe.WaitForEnd()));
        BridgeNetwork[] made = [.. engine.GetNetworks().Where(network => network.Name.StartsWith('p'))];
        Assert.Equal(Processes * Networks, made.Length);
        Assert.Equal(made.Length, made.Select(network => network.Subnet).Distinct().Count());
        IReadOnlyList<BridgeEndpoint> shared = engine.FindNetwork("shared").Containers is { Count: > 0 } some ? some : [.. engine.GetContainers().SelectMany(container => container.Endpoints).Where(endpoint => endpoint.NetworkName == "shared")];
        Assert.Equal(Processes * Networks, shared.Select(endpoint => endpoint.IPAddress).Distinct().Count());
        Assert.Equal(Processes * Networks, shared.Select(endpoint => endpoint.MacAddress).Distinct().Count());
    });

    [Theory]
    [MemberData(nameof(Backends))]
    public void Of_those_that_want_the_same_name_one_gets_it(string backend) => EngineSpace.In(space, backend, (engine, state) =>
    {
        const int Threads = 8;
        int made = 0, refused = 0;
        // Threads born here live in this namespace, each with an engine and a connection of its own.
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            using BridgeNetEngine own = EngineSpace.Open(state, backend);
            try
            {
                own.CreateNetwork(new NetworkRequest("same") { Subnets = ["10.78.0.0/24"] }, new ChangeContext());
                Interlocked.Increment(ref made);
            }
            catch (BridgeNetException failure) when (failure.Problems.Select(problem => problem.ErrorId).SequenceEqual([ErrorIds.NetworkExists, ErrorIds.SubnetOverlaps]))
            {
                Interlocked.Increment(ref refused);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal((1, Threads - 1), (made, refused));
    });
}
