using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Conntrack;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using BridgeNet.Sockets;
using BridgeNet.State;

namespace BridgeNet.Simulation;

/// <summary>A modelled machine as a process sees it.</summary>
/// <param name="process">The process.</param>
/// <param name="random">Its random numbers.</param>
/// <param name="backend">The firewall that is chosen.</param>
internal sealed class ModelMachine(ModelProcess process, IRandomness random, string backend) : IMachine, ISysctl
{
    /// <inheritdoc/>
    public NamespaceIdentity Identity => process.Look(() => new NamespaceIdentity(process.World.BootId, process.Space.Cookie));

    /// <inheritdoc/>
    public string? NamespaceHandle => process.Look(() => $"{process.World.Boot}/{process.Space.Cookie}");

    /// <inheritdoc/>
    public INamespaces Namespaces { get; } = new ModelNamespaces(process);

    /// <inheritdoc/>
    public ISysctl Sysctl => this;

    /// <inheritdoc/>
    public IHostFiles Files { get; } = new ModelFiles(process);

    /// <inheritdoc/>
    public IRandomness Random => random;

    /// <inheritdoc/>
    public TimeProvider Clock => StandingClock.Instance;

    /// <inheritdoc/>
    public bool? Exists(string namespaceHandle) =>
        process.Look(() => process.World.Namespaces.Keys.Any(cookie => $"{process.World.Boot}/{cookie}" == namespaceHandle));

    /// <inheritdoc/>
    public IRtnetlink OpenRtnetlink() => process.Look(() => new ModelRtnetlink(process, process.Space.Cookie));

    /// <inheritdoc/>
    public IRangeWatch WatchRanges(IRtnetlink links) => new ModelRanges(links);

    /// <inheritdoc/>
    public HostSockets ReadSockets() => new([]);

    /// <inheritdoc/>
    public IFirewall OpenFirewall() => new ModelFirewall(process, backend);

    /// <inheritdoc/>
    public IFirewallBackend OpenBackend(string name) => new ModelFirewall(process, name);

    /// <inheritdoc/>
    public IJournalFiles JournalIn(string directory) => new ModelJournal(process, directory);

    /// <inheritdoc/>
    public void DoBoth(Action first, Action second)
    {
        Exception? failure = null;
        try
        {
            first();
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }
        second();
        if (failure is not null)
            throw failure;
    }

    /// <inheritdoc/>
    public void ForgetFlows(IReadOnlyList<FlowFilter> flows)
    {
        if (flows.Count > 0)
            process.Do(
                "flows.forget",
                $"conntrack -D {string.Join("; ", flows)}",
                static () => { },
                static () => new NetlinkException("conntrack -D", 105, "injected")
            );
    }

    /// <inheritdoc/>
    public void Announce(
        INetworkNamespace? space,
        string interfaceName,
        MacAddress mac,
        IEnumerable<IPAddress> addresses,
        bool isRouter = false
    ) =>
        process.Do(
            "neighbours.announce",
            $"arping {interfaceName} {mac} {string.Join(' ', addresses)}",
            static () => { },
            static () => new Native.NativeException("sendto", 105)
        );

    /// <inheritdoc/>
    public string? Read(string key) => process.Look(() => process.Space.Read(key));

    /// <inheritdoc/>
    public void Write(string key, string value) =>
        process.Do(
            "sysctl.write",
            $"sysctl -w {key}={value}",
            () => process.Space.Write(key, value),
            static () => new IOException("injected")
        );

    /// <summary>What is in use, read each time.</summary>
    private sealed class ModelRanges(IRtnetlink links) : IRangeWatch
    {
        public PrefixSet Ranges(AddressFamily family) =>
            new([
                .. links
                    .GetRoutes(family)
                    .Where(static route => route.Destination.PrefixLength > 0)
                    .Select(static route => new UsedPrefix(route.Destination, UsedBy.Route, "", route.LinkIndex)),
                .. links
                    .GetAddresses(family)
                    .Select(static address => UsedPrefix.OfAddress(address.Address, UsedBy.Address, address.LinkIndex)),
            ]);

        public int? DefaultLink(AddressFamily family) =>
            links.GetRoutes(family).FirstOrDefault(static route => route.Destination.PrefixLength == 0)?.LinkIndex;

        public void Dispose() { }
    }
}

/// <summary>A clock that stands still: what a run does must not depend on when.</summary>
internal sealed class StandingClock : TimeProvider
{
    /// <summary>The one that there is.</summary>
    public static StandingClock Instance { get; } = new();

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
}

/// <summary>Numbers that a seed gives.</summary>
/// <param name="seed">The seed.</param>
internal sealed class SeededRandomness(int seed) : IRandomness
{
    private readonly Random _random = new(seed);

    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
}
