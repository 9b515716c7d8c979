using BridgeNet.Engine;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Iptables;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>Every change fails, or its process dies, at each of its steps in turn, over both backends.</summary>
public sealed class FaultTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    private static readonly Dictionary<string, Action<BridgeNetEngine, ChangeContext>> s_changes = new()
    {
        ["create"] = static (engine, context) => engine.CreateNetwork(new NetworkRequest("a"), context),
        ["container"] = static (engine, context) => engine.CreateContainer("c", new EndpointRequest("a"), context),
        ["connect"] = static (engine, context) => engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c" }, context),
        ["disconnect"] = static (engine, context) => engine.Disconnect("a", "c", context),
        ["remove-container"] = static (engine, context) => engine.RemoveContainer("c", context),
        ["remove"] = static (engine, context) => engine.RemoveNetworks(["a"], force: true, context),
    };

    public static TheoryData<string, string> Cases => [.. from backend in (string[])["nftables", "iptables"] from change in s_changes.Keys select (backend, change)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_failure_at_any_step_leaves_everything_as_it_was(string backend, string change) => EngineSpace.In(space, backend, (engine, _) =>
    {
        Prepare(engine, change);
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
            if (Record.Exception(() => s_changes[change](engine, context)) is not { } failure)
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
        Prepare(engine, change);
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
            if (change is "disconnect" or "remove-container" or "remove")
            {
                Assert.Contains("There is no", Assert.Throws<BridgeNetException>(() => Find(engine, change)).Message);
                Assert.DoesNotContain(Snapshot.Take(engine), line => line.StartsWith("host link", StringComparison.Ordinal) && !Expected(engine, line));
                Reset(engine);
                Prepare(engine, change);
            }
            else
            {
                Assert.Equal(before, Snapshot.Take(engine));
            }
        }
        Assert.True(kills >= 2);
        TestContext.Current.SendDiagnosticMessage($"{change} over {backend}: {kills} kills");
    });

    private static void Prepare(BridgeNetEngine engine, string change)
    {
        ChangeContext context = new();
        if (change == "create")
            return;
        engine.CreateNetwork(new NetworkRequest("a"), context);
        engine.CreateNetwork(new NetworkRequest("b"), context);
        if (change == "container")
            return;
        engine.CreateContainer("c", new EndpointRequest("a"), context);
        if (change is "disconnect" or "remove-container" or "remove")
            engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c" }, context);
    }

    private static void Reset(BridgeNetEngine engine)
    {
        foreach (BridgeContainer container in engine.GetContainers())
            engine.RemoveContainer(container.Name, new ChangeContext());
        engine.RemoveNetworks([.. engine.GetNetworks().Where(network => network.BridgeName is not null).Select(network => network.Name)], force: true, new ChangeContext());
    }

    // Any change begins with the recovery; this one makes something and takes it away again.
    private static void Recovers(BridgeNetEngine engine)
    {
        engine.CreateContainer("other", null, new ChangeContext());
        engine.RemoveContainer("other", new ChangeContext());
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
