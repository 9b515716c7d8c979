using System.Diagnostics;
using Xunit;

namespace BridgeNet.Simulation.Tests;

/// <summary>
/// Every sequence of up to five of eight commands on two networks and two containers, with a fault or a death at each effect.
/// </summary>
public sealed class SmallWorldTests(ITestOutputHelper output)
{
    private static readonly Command[] s_commands =
    [
        new NewNetwork("n1"),
        new NewNetwork("n2", NetworkKind.Internal),
        new NewContainer("c1", "n1", Publishes: true),
        new NewContainer("c2", "n2"),
        new ConnectNetwork("n2", "c1"),
        new SetNetwork("n1", NetworkKind.Guarded),
        new RemoveContainers("c1"),
        new RemoveNetworks("n1"),
    ];

    [Theory]
    [InlineData("nftables", 5, 1)]
    [InlineData("iptables", 3, 2)]
    public void A_fault_at_any_effect_of_any_sequence_is_recovered(string backend, int length, int faulty)
    {
        long start = Stopwatch.GetTimestamp();
        // In the long run the sequences are one command longer.
        SmallWorld world = new(s_commands, length + (SimulationTests.IsLong ? 1 : 0), faulty, backend);
        world.Explore();
        output.WriteLine($"{world.Worlds} worlds in {world.Runs} commands, {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
        Assert.True(world.Worlds > 1000, $"{world.Worlds} worlds");
    }
}
