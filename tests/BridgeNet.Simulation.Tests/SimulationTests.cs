using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Xunit;

namespace BridgeNet.Simulation.Tests;

/// <summary>
/// Random histories with faults, deaths, power cuts and intruders. <c>BRIDGENET_SIMULATION_ITERATIONS</c> makes the run longer.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const long Slice = 15_000;

    /// <summary>How many histories of any kind; a fault fires often enough where there are as many.</summary>
    private static long Iterations { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("BRIDGENET_SIMULATION_ITERATIONS"), CultureInfo.InvariantCulture, out long asked)
            ? asked
            : Slice;

    /// <summary>Whether the run was made longer.</summary>
    public static bool IsLong => Iterations > Slice;

    [Fact]
    public void Whatever_happens_two_repairs_lead_to_what_the_state_says()
    {
        const int MostRounds = 8;
        long often = Math.Min(100, Iterations / 150);
        FaultTable table = new();
        long start = Stopwatch.GetTimestamp();
        long histories = Sample(Histories.Any, Iterations) + Sample(Histories.PowerCuts, Iterations / 4);
        // What chance left out is aimed at for as long as it takes: how often a fault fires is no matter of luck then.
        for (int round = 0; round < MostRounds && table.FiredLessThan(often).Count > 0; round++)
            histories += Sample(Histories.Rare, Iterations);
        output.WriteLine($"{histories} histories in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s\n{table}");
        Assert.Empty(table.FiredLessThan(often));

        long Sample(Gen<History> kind, long count)
        {
            kind.Sample(
                history =>
                {
                    Shrinker.Run(history, table);
                },
                iter: count,
                print: static history => history.ToString()
            );
            return count;
        }
    }

    [Fact]
    public void The_same_history_gives_the_same_trace() =>
        Histories.Any.Sample(
            static history => Shrinker.Run(history, new FaultTable()) == Simulator.Run(history, new FaultTable()),
            iter: 1000,
            print: static history => history.ToString()
        );
}
