using System.Net;
using BridgeNet.Conntrack;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;
using BridgeNet.Sockets;
using BridgeNet.State;
using static Tmds.Linux.LibC;

namespace BridgeNet.Changes;

/// <summary>The machine of this process.</summary>
/// <param name="firewall">Opens the chosen backend.</param>
/// <param name="boot">The boot id; null for the kernel's.</param>
internal sealed class LinuxMachine(Func<IFirewallBackend> firewall, string? boot = null) : IMachine
{
    /// <inheritdoc/>
    public NamespaceIdentity Identity => new(boot ?? StateDirectory.Boot, Syscalls.NetNsCookie());

    /// <inheritdoc/>
    public string? NamespaceHandle => Native.NamespaceHandle.OfThisThread();

    /// <inheritdoc/>
    public INamespaces Namespaces { get; } = new KernelNamespaces();

    /// <inheritdoc/>
    public ISysctl Sysctl => Kernel.Sysctl.Kernel;

    /// <inheritdoc/>
    public IHostFiles Files { get; } = new HostFiles();

    /// <inheritdoc/>
    public IRandomness Random { get; init; } = new KernelRandomness();

    /// <inheritdoc/>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    public bool? Exists(string namespaceHandle) => PrivateStates.ReliableCheck()(namespaceHandle);

    /// <inheritdoc/>
    public IRtnetlink OpenRtnetlink() => RtnetlinkConnection.Open();

    /// <inheritdoc/>
    public IRangeWatch WatchRanges(IRtnetlink links) => RangeWatch.Open(links);

    /// <inheritdoc/>
    public HostSockets ReadSockets() => HostSockets.Read();

    /// <inheritdoc/>
    public IFirewall OpenFirewall() => new GuardedFirewall(firewall());

    /// <inheritdoc/>
    public IFirewallBackend OpenBackend(string name) => FirewallSelection.Open(name);

    /// <inheritdoc/>
    public IJournalFiles JournalIn(string directory) => new JournalFiles(directory);

    /// <inheritdoc/>
    public void DoBoth(Action first, Action second) => ConcurrentStep.Run(first, second);

    /// <inheritdoc/>
    public void ForgetFlows(IReadOnlyList<FlowFilter> flows)
    {
        if (flows.Count == 0)
            return;
        try
        {
            using ConntrackConnection connection = ConntrackConnection.Open();
            connection.DeleteFlows(flows);
        }
        catch (NetlinkException failure)
            when (failure.Errno == EOPNOTSUPP || failure.Errno == EINVAL || failure.Errno == ENOENT || failure.Errno == EPROTONOSUPPORT)
        {
            // A kernel without conntrack's netlink interface cannot delete selected flows; those of UDP end by themselves after half a
            // minute.
        }
    }

    /// <inheritdoc/>
    public void Announce(
        INetworkNamespace? space,
        string interfaceName,
        MacAddress mac,
        IEnumerable<IPAddress> addresses,
        bool isRouter = false
    ) => Announcement.Announce(space, interfaceName, mac, addresses, isRouter);
}
