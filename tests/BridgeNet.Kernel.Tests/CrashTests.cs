using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>The process of every change dies by SIGKILL at each of its steps in turn, over both backends.</summary>
public sealed class CrashTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => FaultTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_process_killed_at_any_step_does_not_block_the_next(string backend, string change) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                ChangeCatalog.Prepare(engine, change);
                IReadOnlyList<string> before = Snapshot.Take(engine);
                int kills = 0;
                for (int step = 0; ; step++)
                {
                    int code = Probe.Start(state, backend, "die", step.ToString(), change).WaitForEnd();
                    if (code == 0)
                        break;
                    Assert.Equal(128 + 9, code);
                    kills++;
                    // The next command, on whatever object and even when it is refused, cleans up. A creation is taken back; a removal is
                    // carried to its end, so it is prepared anew.
                    Next(step, engine);
                    Remains.AssertNone(engine, state);
                    if (ChangeCatalog.All[change].Removes.Count > 0)
                    {
                        Assert.Empty(ChangeCatalog.Left(engine, change));
                        Reset(engine);
                        ForeignObjects.Check();
                        ChangeCatalog.Prepare(engine, change);
                    }
                    else
                    {
                        Assert.Equal(before, Snapshot.Take(engine));
                    }
                }
                Assert.True(kills >= 2);
                Counts.Print($"{change} over {backend}: {kills} kills");
            }
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_committed_change_stays(string backend, string change) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                ChangeCatalog.Prepare(engine, change);
                Assert.Equal(128 + 9, Probe.Start(state, backend, "die", "recorded", change).WaitForEnd());
                Assert.NotEmpty(Directory.GetFiles(state, "intent-*.json"));
                IReadOnlyList<string> made = Snapshot.Take(engine);
                Next(0, engine);
                Remains.AssertNone(engine, state);
                Assert.Equal(made, Snapshot.Take(engine));
                Assert.Empty(engine.FindDrift(null));
            }
        );

    [Theory]
    [MemberData(nameof(EngineSpace.Backends), MemberType = typeof(EngineSpace))]
    public void A_repair_killed_at_any_step_is_finished_by_the_next(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                ChangeCatalog.Prepare(engine, "remove-several");
                IReadOnlyList<string> before = Snapshot.Take(engine);
                int kills = 0;
                while (true)
                {
                    Break(engine, backend);
                    int code = Probe.Start(state, backend, "die", $"{kills}", "repair").WaitForEnd();
                    if (code == 0)
                        break;
                    Assert.Equal(128 + 9, code);
                    kills++;
                    Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                    Remains.AssertNone(engine, state);
                    Assert.Equal(before, Snapshot.Take(engine));
                }
                Remains.AssertNone(engine, state);
                Assert.Equal(before, Snapshot.Take(engine));
                Assert.True(kills >= 5);
                Counts.Print($"a repair over {backend}: {kills} kills");
            }
        );

    /// <summary>What others break: a bridge with its ports, a veth pair, and all rules.</summary>
    private static void Break(Session engine, string backend)
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        links.DeleteLinks([links.FindLink(engine.FindNetwork("a").BridgeName!)!.Index]);
        links.DeleteLinks([links.FindLink(engine.FindContainer("neighbour").Endpoints[0].HostInterface)!.Index]);
        Firewalls.Flush(backend);
    }

    /// <summary>Three commands that take turns: one that is made, one that is refused, and a repair.</summary>
    private static void Next(int number, Session engine)
    {
        switch (number % 3)
        {
            case 0:
                engine.CreateContainer(new ContainerRequest("other"), new ChangeContext());
                engine.RemoveContainers(["other"], new ChangeContext());
                break;
            case 1:
                Assert.Throws<BridgeNetException>(() => engine.CreateNetwork(new NetworkRequest("not a name"), new ChangeContext()));
                break;
            default:
                Assert.Empty(engine.Repair(null, new ChangeContext()).Problems);
                break;
        }
    }

    private static void Reset(Session engine)
    {
        Assert.Empty(engine.RemoveContainers([.. engine.GetContainers().Select(container => container.Name)], new ChangeContext()));
        Assert.Empty(
            engine.RemoveNetworks(
                [
                    .. engine
                        .GetNetworks()
                        .Where(network => network.BridgeName is not null || !network.IsPredefined)
                        .Select(network => network.Name),
                ],
                force: true,
                new ChangeContext()
            )
        );
    }
}
