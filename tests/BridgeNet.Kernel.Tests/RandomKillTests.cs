using System.Diagnostics;
using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// A process does a mixed load and dies by SIGKILL at a random moment; the next goes on in what it left. The moments come of a seed, so
/// that a failure can be looked for again: so many commands are done, then so many microseconds pass.
/// </summary>
public sealed class RandomKillTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private const int Seed = 20260801,
        CheckEvery = 5;

    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Kills_at_random_moments_of_a_mixed_load_leave_nothing(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                Random random = new(Seed);
                int kills = 0,
                    commands = 0,
                    unfinished = 0,
                    wanted = LongTests.Count(few: 12, many: 250);
                Worker next = Start(state, backend, seed: 0);
                while (kills < wanted)
                {
                    using Worker worker = next;
                    worker.Go();
                    // The one after it starts meanwhile, and waits.
                    next = Start(state, backend, seed: kills + 1);
                    for (int i = random.Next(6); i > 0; i--)
                    {
                        Assert.NotNull(worker.Read());
                        commands++;
                    }
                    // Any moment; or one of those in which a change is under way, which are few.
                    if (random.Next(2) == 0)
                        Spin(TimeSpan.FromSeconds(1), until: () => Directory.EnumerateFiles(state, "intent*.json").Any());
                    Spin(TimeSpan.FromMicroseconds(random.Next(backend == "iptables" ? 30_000 : 12_000)));
                    worker.Kill();
                    worker.AssertEnded(killed: true);
                    kills++;
                    unfinished += Directory.GetFiles(state, "intent*").Length > 0 ? 1 : 0;
                    if (kills % CheckEvery != 0)
                        continue;
                    // The next command, or a repair, in turns.
                    if (kills % (2 * CheckEvery) == 0)
                        Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                    else
                        Assert.Throws<BridgeNetException>(() =>
                            engine.CreateNetwork(new NetworkRequest("not a name"), new ChangeContext())
                        );
                    Remains.AssertNone(engine, state);
                }
                next.Dispose();
                Counts.Print(
                    $"{kills} kills over {backend}, {unfinished} of them in the middle of a change, after {commands} finished commands; seed {Seed}"
                );
                Assert.True(unfinished > 0, "no moment was in the middle of a change");
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                Remains.AssertNone(engine, state);
            }
        );

    private static void Spin(TimeSpan bound, Func<bool>? until = null)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < bound && until?.Invoke() != true; )
            Thread.SpinWait(20);
    }

    private static Worker Start(string state, string backend, int seed)
    {
        Worker worker = Worker.Start(state, backend, "load", $"{seed}", "1000");
        Assert.Equal("ready", worker.Read());
        return worker;
    }
}
