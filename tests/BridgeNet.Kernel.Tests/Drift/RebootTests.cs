using System.Diagnostics;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Drift;

/// <summary>A machine that starts anew: the definitions are there, and the kernel knows nothing of them.</summary>
public sealed class RebootTests
{
    private static readonly ChangeContext s_context = new();

    public static TheoryData<string, bool> Cases =>
        [.. from backend in (string[])["nftables", "iptables"] from files in (bool[])[true, false] select (backend, files)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_repair_restores_everything(string backend, bool namespaceFilesStay)
    {
        Firewalls.Needs(backend);
        using TemporaryDirectory directory = new();
        string state = directory.Path,
            theirs = directory.File("theirs");
        IReadOnlyList<string> before = [];
        using (PrivateNamespace first = new())
            first.Run(() => before = Fill(state, backend, theirs));
        if (!namespaceFilesStay)
            Directory.Delete(Path.Combine(state, "netns"), recursive: true);
        using PrivateNamespace second = new();
        second.Run(() =>
        {
            using Session engine = Engine.Open(state, backend, boot: "another boot");
            Assert.NotEmpty(engine.FindDrift(null));
            Assert.Equal(["dead"], engine.GetContainers().Select(container => container.Status).Distinct());
            string[] plan = [.. engine.DescribeRepair(null).SelectMany(words => words.Split('\n'))];
            List<string> heard = [];
            (IReadOnlyList<DriftItem> found, IReadOnlyList<Problem> problems) = engine.Repair(null, s_context with { Verbose = heard.Add });
            Assert.Empty(problems);
            Assert.Equal(plan, heard.SelectMany(words => words.Split('\n')));
            Assert.Equal(["process", "theirs"], found.Where(drift => !drift.Repairable).Select(drift => drift.ContainerName).Order());
            Assert.Equal(
                ["process", "theirs"],
                engine.GetContainers().Where(container => container.Status == "dead").Select(container => container.Name)
            );
            DriftLab.AssertSame(Lasting(before, "process", "theirs"), Lasting(Snapshot.Take(engine), "process", "theirs"));
            Works(engine);
            // Their owner brings them back, one at the same path.
            NetworkNamespace.Delete(theirs);
            NetworkNamespace.Create(theirs).Dispose();
            Assert.Empty(engine.Repair(null, s_context).Problems);
            Assert.Equal(["process"], engine.FindDrift(null).Select(drift => drift.ContainerName));
            DriftLab.AssertSame(Lasting(before, "process"), Lasting(Snapshot.Take(engine), "process"));
            Assert.True(
                engine.TestConnection("c1", "theirs", 0, 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken).Reachable
            );
            engine.RemoveContainers([.. engine.GetContainers().Select(container => container.Name)], s_context);
            Assert.Empty(engine.FindDrift(null));
            engine.RemoveNetworks(
                [.. engine.GetNetworks().Where(network => network.BridgeName is not null).Select(network => network.Name)],
                force: false,
                s_context
            );
            NetworkNamespace.Delete(theirs);
        });
        second.AssertNothingRemains();
    }

    private static IReadOnlyList<string> Fill(string state, string backend, string theirs)
    {
        using Session engine = Engine.Open(state, backend);
        engine.CreateNetwork(
            new NetworkRequest("web")
            {
                Subnets = ["10.50.0.0/24", "2001:db8:50::/64"],
                Labels = new Dictionary<string, string> { ["env"] = "test" },
            },
            s_context
        );
        engine.CreateNetwork(
            new NetworkRequest("apart")
            {
                Options = new Dictionary<string, string>
                {
                    ["com.docker.network.bridge.enable_icc"] = "false",
                    ["com.docker.network.driver.mtu"] = "1400",
                },
            },
            s_context
        );
        engine.CreateNetwork(new NetworkRequest("inner") { Internal = true }, s_context);
        engine.CreateContainer(
            new ContainerRequest("c1")
            {
                Network = new EndpointRequest("web")
                {
                    Publish = ["8080:80", "127.0.0.1:8081:81/udp"],
                    Aliases = ["www"],
                    MacAddress = "02:00:00:00:00:07",
                },
                Names = new NameRequest { Hostname = "one", Dns = ["192.0.2.53"] },
            },
            s_context
        );
        engine.CreateContainer(new ContainerRequest("c2") { Network = new EndpointRequest("apart") { Publish = ["53"] } }, s_context);
        engine.Connect(new EndpointRequest("web") { IPAddress = "10.50.0.77" }, new ContainerReference { Name = "c2" }, s_context);
        engine.Connect(new EndpointRequest("inner"), new ContainerReference { Name = "c2" }, s_context);
        engine.CreateContainer(new ContainerRequest("c3") { Network = new EndpointRequest("bridge") }, s_context);
        engine.CreateContainer(new ContainerRequest("alone"), s_context);
        NetworkNamespace.Create(theirs).Dispose();
        engine.Connect(new EndpointRequest("web"), new ContainerReference { NetNSPath = theirs }, s_context);
        using Process stranger = Process.Start(
            new ProcessStartInfo("unshare", ["--net", "sh", "-c", "echo; exec sleep 1000"]) { RedirectStandardOutput = true }
        )!;
        stranger.StandardOutput.ReadLine();
        engine.Connect(new EndpointRequest("web"), new ContainerReference { ProcessId = stranger.Id, Name = "process" }, s_context);
        Assert.Empty(engine.FindDrift(null));
        Works(engine);
        IReadOnlyList<string> all = Snapshot.Take(engine);
        stranger.Kill();
        stranger.WaitForExit();
        return all;
    }

    private static void Works(Session engine)
    {
        Assert.True(
            engine.TestConnection("c2", "10.50.0.2", 0, 1, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken).Reachable
        );
        Assert.False(
            engine.TestConnection("c3", "10.50.0.77", 0, 1, TimeSpan.FromMilliseconds(250), TestContext.Current.CancellationToken).Reachable
        );
    }

    /// <summary>Without the containers that cannot come back, and their ends on the host.</summary>
    private static IEnumerable<string> Lasting(IEnumerable<string> lines, params string[] dead) =>
        lines.Where(line =>
            !dead.Any(name =>
                line.StartsWith($"{name} ", StringComparison.Ordinal)
                || line.StartsWith($"container {name} ", StringComparison.Ordinal)
                || line.EndsWith($"bridgenet endpoint {name}", StringComparison.Ordinal)
            )
        );
}
