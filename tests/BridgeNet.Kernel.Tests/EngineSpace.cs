using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.EngineProbe;
using BridgeNet.Firewall;
using BridgeNet.Services;
using BridgeNet.State;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>An engine with a state of its own in a private namespace; at the end nothing remains, in the kernel or in the state directory.</summary>
internal static class EngineSpace
{
    /// <summary>Both backends; the tests of iptables are skipped where it is not installed.</summary>
    public static readonly TheoryData<string> Backends = ["nftables", "iptables"];

    /// <summary>Runs a test's body with an engine and its state directory.</summary>
    public static void In(PrivateNamespace space, string backend, Action<Session, string> work, NetworkDrivers? drivers = null)
    {
        if (backend == "iptables" && !IptablesProgram.IsInstalled)
            Assert.Skip("iptables is not installed");
        string state = Directory.CreateTempSubdirectory("bridgenet-").FullName;
        try
        {
            space.Run(() =>
            {
                using Session engine = Open(state, backend, drivers: drivers);
                Exception? foreigners = null;
                try
                {
                    work(engine, state);
                }
                finally
                {
                    // So that a test that fails does not make those after it fail too.
                    Clean(engine);
                    foreigners = Record.Exception(Foreign.Check);
                    Foreign.Remove();
                }
                Assert.Null(foreigners);
                Assert.DoesNotContain(
                    Snapshot.Take(engine),
                    line => line.Contains("BRIDGENET", StringComparison.Ordinal) || line.Contains("bridgenet", StringComparison.Ordinal)
                );
                Assert.Empty(Directory.GetFiles(state, "intent*"));
                foreach (string folder in (string[])["netns", "etc"])
                    Assert.Empty(
                        Directory.Exists(Path.Combine(state, folder)) ? Directory.GetFileSystemEntries(Path.Combine(state, folder)) : []
                    );
            });
            space.AssertNothingRemains();
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    /// <summary>A second engine over the same state.</summary>
    public static Session Open(
        string state,
        string backend,
        TimeSpan? patience = null,
        string? boot = null,
        NetworkDrivers? drivers = null
    ) =>
        new(
            SqliteStateStore.Open(state, patience),
            () => backend == "iptables" ? new IptablesBackend() : new NftablesBackend(),
            Path.Combine(state, "netns"),
            boot,
            drivers
        );

    public static void Clean(Session engine)
    {
        engine.RemoveContainers([.. engine.GetContainers().Select(container => container.Name)], new ChangeContext());
        engine.RemoveNetworks(
            [.. engine.GetNetworks().Where(network => network.Name is not ("bridge" or "host" or "none")).Select(network => network.Id)],
            force: true,
            new ChangeContext()
        );
    }
}
