using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Firewall;
using BridgeNet.State;

namespace BridgeNet.TestKit.Core;

/// <summary>A session over a state that a test gives it, in the namespace of the calling thread.</summary>
internal static class Engine
{
    /// <summary>Opens one; each has the state for itself or shares it with those that are open already.</summary>
    /// <param name="state">The state directory.</param>
    /// <param name="backend">nftables or iptables.</param>
    /// <param name="patience">How long it waits for others' changes.</param>
    /// <param name="boot">The boot that it takes this one for.</param>
    /// <param name="drivers">The kinds of networks that it knows.</param>
    /// <param name="spaces">Where it keeps namespaces; in the state directory unless given.</param>
    public static Session Open(
        string state,
        string backend,
        TimeSpan? patience = null,
        string? boot = null,
        NetworkDrivers? drivers = null,
        string? spaces = null
    ) =>
        new(
            SqliteStateStore.Open(state, patience),
            new LinuxMachine(() => backend == "iptables" ? new IptablesBackend() : new NftablesBackend(), boot),
            spaces ?? Path.Combine(state, "netns"),
            drivers
        );
}
