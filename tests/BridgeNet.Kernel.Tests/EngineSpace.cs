using BridgeNet.Changes;
using BridgeNet.Drivers;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// An engine with a state of its own in a private namespace; at the end nothing remains, in the kernel or in the state directory.
/// </summary>
internal static class EngineSpace
{
    /// <summary>Both backends; the tests of one that this machine cannot have are skipped.</summary>
    public static readonly TheoryData<string> Backends = ["nftables", "iptables"];

    /// <summary>Runs a test's body with an engine and its state directory.</summary>
    public static void In(PrivateNamespace space, string backend, Action<Session, string> work, NetworkDrivers? drivers = null)
    {
        Firewalls.Needs(backend);
        using TemporaryDirectory directory = new();
        string state = directory.Path;
        space.Run(() =>
        {
            using Session engine = Engine.Open(state, backend, drivers: drivers);
            Exception? foreigners = null;
            try
            {
                work(engine, state);
            }
            finally
            {
                // So that a test that fails does not make those after it fail too.
                Clean(engine);
                foreigners = Record.Exception(ForeignObjects.Check);
                ForeignObjects.Remove();
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
