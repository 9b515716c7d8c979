using BridgeNet.Engine;
using BridgeNet.Firewall;
using BridgeNet.Iptables;
using BridgeNet.Model;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>The story, and failure at each of its steps, on a real kernel over both backends.</summary>
public sealed class EngineTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void Networks_are_isolated_until_a_container_is_on_both(string backend) => InEngine(backend, engine =>
    {
        ChangeContext context = new();
        engine.CreateNetwork(new NetworkRequest("a"), context);
        engine.CreateNetwork(new NetworkRequest("b") { Subnet = "173.20.0.0/16" }, context);
        engine.CreateContainer("c1", new EndpointRequest("b"), context);
        engine.CreateContainer("c2", new EndpointRequest("b"), context);
        engine.CreateContainer("c3", new EndpointRequest("a"), context);
        Assert.True(Reaches(engine, "c2"));
        Assert.False(Reaches(engine, "c3"));
        engine.Connect(new EndpointRequest("b"), new ContainerReference { Name = "c3" }, context);
        Assert.True(Reaches(engine, "c3"));
        engine.Disconnect("b", "c3", context);
        Assert.False(Reaches(engine, "c3"));
        foreach (string container in (string[])["c1", "c2", "c3"])
            engine.RemoveContainer(container, context);
        engine.RemoveNetworks(["a", "b"], force: false, context);
    });

    [Theory]
    [InlineData("nftables")]
    [InlineData("iptables")]
    public void A_failure_at_any_step_leaves_nothing(string backend) => InEngine(backend, engine =>
    {
        int steps = engine.DescribeCreateNetwork(new NetworkRequest("a")).Count;
        for (int failing = 0; failing < steps; failing++)
        {
            int at = failing;
            ChangeContext context = new() { BeforeStep = (step, _) => { if (step == at) throw new IOException("injected"); } };
            Assert.Throws<BridgeNetException>(() => engine.CreateNetwork(new NetworkRequest("a"), context));
            Assert.Equal(3, engine.GetNetworks().Count);
        }
    });

    private static bool Reaches(BridgeNetEngine engine, string source) =>
        engine.TestConnection(source, "173.20.0.2", 0, 1, TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken).Reachable;

    private void InEngine(string backend, Action<BridgeNetEngine> work)
    {
        if (backend == "iptables" && IptablesProgram.Find("iptables-restore") is null)
            Assert.Skip("iptables is not installed");
        string state = Directory.CreateTempSubdirectory("bridgenet-").FullName;
        space.Run(() =>
        {
            using BridgeNetEngine engine = new(SqliteStateStore.Open(state),
                () => backend == "iptables" ? new IptablesBackend() : new NftablesBackend(), Path.Combine(state, "netns"));
            work(engine);
        });
        space.AssertNothingRemains();
        Directory.Delete(state, recursive: true);
    }
}
