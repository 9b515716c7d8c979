using System.Collections.Concurrent;
using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Native;
using BridgeNet.State;

namespace BridgeNet;

/// <summary>The sessions of this process, which stay open, so that later commands start faster.</summary>
internal static class WarmSessions
{
    private static readonly ConcurrentDictionary<(ulong Namespace, string State, string Firewall), Lazy<Session>> s_warm = new();

    /// <summary>
    /// Opens the session of the calling thread's network namespace, with its state directory and firewall choice.
    /// </summary>
    /// <exception cref="BridgeNetException">PlatformNotSupported: not Linux. StateUnusable: the state cannot be opened.</exception>
    public static Session Current()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new BridgeNetException(
                ErrorIds.PlatformNotSupported,
                ProblemCategory.NotImplemented,
                "BridgeNet works on Linux only: it needs network namespaces and netlink."
            );
        }
        string directory = ErrorMap.Translate(StateDirectory.Resolve);
        string chosen = Environment.GetEnvironmentVariable("BRIDGENET_FIREWALL") ?? "";
        ulong space = ErrorMap.Translate(Syscalls.NetNsCookie);
        return s_warm
            .GetOrAdd(
                (space, directory, chosen),
                static key => new Lazy<Session>(
                    () =>
                        ErrorMap.Translate(() =>
                            // `ip netns` uses this directory, but only the host itself may: a private namespace has its own.
                            new Session(
                                StateDirectory.Open(key.State),
                                new LinuxMachine(FirewallSelection.Choose),
                                StateDirectory.Namespace("thread-self") == StateDirectory.Namespace("1")
                                    ? NameKeeper.HostNamespaces
                                    : Path.Combine(key.State, "netns")
                            )
                        ),
                    LazyThreadSafetyMode.PublicationOnly
                )
            )
            .Value;
    }
}
