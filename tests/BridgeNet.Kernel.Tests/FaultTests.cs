using BridgeNet.Engine;
using BridgeNet.EngineProbe;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Iptables;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>Every change fails, or its process dies, at each of its steps in turn, over both backends.</summary>
public sealed class FaultTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string, string> Cases => [.. from backend in (string[])["nftables", "iptables"] from change in Changes.All.Keys select (backend, change)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_failure_at_any_step_leaves_everything_as_it_was(string backend, string change) => EngineSpace.In(space, backend, (engine, _) =>
    {
        Changes.Prepare(engine, change);
        IReadOnlyList<string> before = Snapshot.Take(engine);
        for (int failing = 0; ; failing++)
        {
            bool failed = false;
            ChangeContext context = new()
            {
                BeforeStep = (step, _) =>
                {
                    if (step == failing)
                    {
                        failed = true;
                        throw new IOException("injected");
                    }
                },
            };
            if (Record.Exception(() => Changes.All[change].Make(engine, context)) is not { } failure)
            {
                Assert.False(failed);
                Assert.True(failing >= 2, "no step was there to fail at");
                return;
            }
            Problem only = Assert.Single(Assert.IsType<BridgeNetException>(failure).Problems);
            Assert.Contains("injected", only.Message);
            Assert.Equal(before, Snapshot.Take(engine));
        }
    });

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_process_killed_at_any_step_is_no_obstacle_to_the_next(string backend, string change) => EngineSpace.In(space, backend, (engine, state) =>
    {
        Changes.Prepare(engine, change);
        IReadOnlyList<string> before = Snapshot.Take(engine);
        int kills = 0;
        for (int step = 0; ; step++)
        {
            int code = Probe.Start(state, backend, "die", step.ToString(), change).WaitForEnd();
            if (code == 0)
                break;
            Assert.Equal(128 + 9, code);
            kills++;
            // The next command, on whatever object, cleans up. A creation is taken back; a removal is carried to its end, so it is prepared anew.
            Recovers(engine);
            if (Changes.All[change].Removes)
            {
                Assert.Throws<BridgeNetException>(() => Find(engine, change));
                Assert.DoesNotContain(Snapshot.Take(engine), line => line.StartsWith("host link", StringComparison.Ordinal) && !Expected(engine, line));
                Reset(engine);
                Changes.Prepare(engine, change);
            }
            else
            {
                Assert.Equal(before, Snapshot.Take(engine));
            }
        }
        Assert.True(kills >= 2);
        TestContext.Current.SendDiagnosticMessage($"{change} over {backend}: {kills} kills");
    });

    private static void Reset(BridgeNetEngine engine)
    {
        Assert.Empty(engine.RemoveContainers([.. engine.GetContainers().Select(container => container.Name)], new ChangeContext()));
        Assert.Empty(engine.RemoveNetworks([.. engine.GetNetworks().Where(network => network.BridgeName is not null).Select(network => network.Name)], force: true, new ChangeContext()));
    }

    // Any change begins with the recovery; this one makes something and takes it away again.
    private static void Recovers(BridgeNetEngine engine)
    {
        engine.CreateContainer(new ContainerRequest("other"), new ChangeContext());
        engine.RemoveContainers(["other"], new ChangeContext());
    }

    private static void Find(BridgeNetEngine engine, string change)
    {
        switch (change)
        {
            case "remove-container":
                engine.FindContainer("c");
                break;
            case "remove":
                engine.FindNetwork("a");
                break;
            default:
                if (!engine.FindContainer("c").Networks.Contains("a"))
                    throw new BridgeNetException(ErrorIds.NotConnected, ProblemCategory.ObjectNotFound, "There is no endpoint.");
                break;
        }
    }

    /// <summary>Whether a link on the host is lo, or belongs to something that the state knows.</summary>
    private static bool Expected(BridgeNetEngine engine, string line)
    {
        string name = line.Split(' ')[2];
        return name == "lo" || engine.GetNetworks().Any(network => network.BridgeName == name)
            || engine.GetContainers().Any(container => container.Endpoints.Any(endpoint => endpoint.HostInterface == name));
    }
}
