using System.Net;
using BridgeNet.Conntrack;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.Sockets;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>
/// Everything that a session uses besides its state: the kernel, files, the clock and randomness. <see cref="LinuxMachine"/> is the real
/// one; a model of it makes test runs repeatable and can inject faults. As on Linux, everything that is opened or read belongs to the
/// calling thread's network namespace.
/// </summary>
internal interface IMachine
{
    /// <summary>The identity of the calling thread's network namespace.</summary>
    NamespaceIdentity Identity { get; }

    /// <summary>The kernel's file handle of that namespace, to check later whether it still exists; null if the kernel has none.</summary>
    string? NamespaceHandle { get; }

    /// <summary>The network namespaces.</summary>
    INamespaces Namespaces { get; }

    /// <summary>Kernel settings.</summary>
    ISysctl Sysctl { get; }

    /// <summary>The files that names and ids are read from and written to.</summary>
    IHostFiles Files { get; }

    /// <summary>Random numbers.</summary>
    IRandomness Random { get; }

    /// <summary>The clock.</summary>
    TimeProvider Clock { get; }

    /// <summary>Whether the namespace with a kernel handle exists; null if unknown.</summary>
    bool? Exists(string namespaceHandle);

    /// <summary>Opens the links, addresses and routes.</summary>
    IRtnetlink OpenRtnetlink();

    /// <summary>Starts to watch the prefixes that routes and addresses use.</summary>
    IRangeWatch WatchRanges(IRtnetlink links);

    /// <summary>The listening sockets.</summary>
    HostSockets ReadSockets();

    /// <summary>Opens the chosen firewall, with its additional tables.</summary>
    IFirewall OpenFirewall();

    /// <summary>Opens a backend by its name.</summary>
    IFirewallBackend OpenBackend(string name);

    /// <summary>The files of the journal in a state directory.</summary>
    IJournalFiles JournalIn(string directory);

    /// <summary>
    /// Runs two actions, concurrently if the machine can: when the kernel only waits in both, two waits take as long as the longer one.
    /// Neither action may use what the other uses. Both have ended when it returns, or when it throws the exception of one of them, the
    /// second one's first.
    /// </summary>
    void DoBoth(Action first, Action second);

    /// <summary>Deletes the conntrack entries that match one of these filters.</summary>
    void ForgetFlows(IReadOnlyList<FlowFilter> flows);

    /// <summary>Notifies the neighbours of an interface that its addresses have this MAC address now.</summary>
    /// <param name="space">The namespace of the interface; null for the calling thread's.</param>
    /// <param name="interfaceName">The interface.</param>
    /// <param name="mac">The MAC address of the interface.</param>
    /// <param name="addresses">The addresses of the interface, of both families.</param>
    /// <param name="isRouter">Whether the namespace forwards.</param>
    void Announce(INetworkNamespace? space, string interfaceName, MacAddress mac, IEnumerable<IPAddress> addresses, bool isRouter = false);
}
