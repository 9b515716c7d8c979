using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Firewall;
using BridgeNet.Native;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Everything that a change may touch, as lines of text: equal before and after means that nothing was left and nothing was lost.
/// </summary>
internal static class Snapshot
{
    /// <summary>Fails if export, removal of everything and import lead to anything else than what was there.</summary>
    public static void AssertSurvivesExport(Session engine)
    {
        IReadOnlyList<string> before = Take(engine);
        string document = engine.Export(null);
        EngineSpace.Clean(engine);
        engine.Import(document, new ChangeContext());
        Assert.Equal(before, Take(engine));
        Assert.Equal(document, engine.Export(null));
    }

    /// <summary>Of the calling thread's namespace.</summary>
    public static IReadOnlyList<string> Take(Session engine) =>
        [
            .. Links(NetworkNamespace.Current(), "host"),
            .. (
                (string[])
                    [
                        "net/ipv4/ip_forward",
                        "net/ipv6/conf/all/forwarding",
                        .. engine
                            .GetNetworks()
                            .Where(network => network.BridgeName is not null)
                            .Select(network => $"net/ipv4/conf/{network.BridgeName}/route_localnet"),
                    ]
            ).Select(key => $"{key} {Sysctl.Read(key)}"),
            .. Rules(),
            .. engine
                .GetNetworks()
                .Select(network =>
                    $"network {network.Name} {network.Id} {network.Internal} {string.Join(',', network.Labels)} {network.Subnet} {string.Join(',', network.Containers.Select(endpoint => endpoint.IPAddress).Order(Comparer<object?>.Create((a, b) => string.CompareOrdinal($"{a}", $"{b}"))))}"
                ),
            .. engine
                .GetContainers()
                .SelectMany(container =>
                    (string[])
                        [
                            $"container {container.Name} {container.Id} {container.Status} {string.Join(',', container.Endpoints)}",
                            $"ports {container.Name} {string.Join(',', container.Ports.Select(port => $"{port}").Order())}",
                            .. Files(engine.FilesOf(container)?.Location).Select(line => $"file {container.Name} {line}"),
                            .. container.Status == "running" ? Links(NetworkNamespace.Open(container.NetNSPath), container.Name) : [],
                        ]
                ),
        ];

    /// <summary>Of the calling thread's namespace and those of containers, the kernel alone: whatever made it so.</summary>
    /// <param name="spaces">The containers' names, with the paths of their namespaces.</param>
    /// <param name="state">The state directory, for files of names.</param>
    public static IReadOnlyList<string> Kernel(IEnumerable<(string Name, string Path)> spaces, string state) =>
        [
            .. Directory.Exists(Path.Combine(state, "etc"))
                ? Directory
                    .GetDirectories(Path.Combine(state, "etc"))
                    .Order(StringComparer.Ordinal)
                    .SelectMany(static folder => Files(folder).Prepend("").Select(line => $"file {Path.GetFileName(folder)} {line}"))
                : [],
            .. Links(NetworkNamespace.Current(), "host"),
            .. Settings("host"),
            .. Rules(),
            .. spaces.SelectMany(static space =>
            {
                using NetworkNamespace inside = NetworkNamespace.Open(space.Path);
                return (IEnumerable<string>)
                    [.. Links(NetworkNamespace.Open(space.Path), space.Name), .. inside.Run(() => Settings(space.Name))];
            }),
        ];

    private static List<string> Settings(string where) =>
        [
            .. from key in (string[])
                [
                    "net/ipv4/ip_forward",
                    "net/ipv6/conf/all/forwarding",
                    .. from family in (string[])["ipv4", "ipv6"]
                    from link in Directory.GetDirectories($"/proc/sys/net/{family}/conf").Select(Path.GetFileName)
                    from name in (string[])
                        ["route_localnet", "arp_ignore", "log_martians", "accept_ra", "accept_dad", "disable_ipv6", "forwarding"]
                    select $"net/{family}/conf/{link}/{name}",
                ]
            let value = Sysctl.Read(key)
            where value is not null
            select $"{where} {key} {value}",
        ];

    /// <summary>
    /// Links by name, with what makes them what they are; indexes change when one is created again, so they are left out.
    /// </summary>
    private static List<string> Links(NetworkNamespace space, string where)
    {
        using (space)
        using (RtnetlinkConnection netlink = space.OpenRtnetlink())
        {
            IReadOnlyList<Link> links = netlink.GetLinks();
            // The link under a network without a parent has an address of the kernel's choice.
            // The kernel's choice, or that of a parent.
            static string Mac(Link link) =>
                link.Kind == Ipvlan.KindName || link.Group == InterfaceGroup.Upper && link.Kind == "bridge" ? "any" : $"{link.Mac}";
            string Name(int index) => links.FirstOrDefault(link => link.Index == index)?.Name ?? "-";
            List<string> lines = [];
            lines.AddRange(
                links.Select(link =>
                    $"{where} link {link.Name} {link.Kind} {Mac(link)} mtu {link.Mtu} group {link.Group:x} master {Name(link.Master)} up {link.Up} isolated {link.IsolatedPort} hairpin {link.HairpinPort} learning {link.LearningPort} {link.Upper?.Words} {link.Alias}"
                )
            );
            // What a bridge was told; what it learned comes and goes.
            lines.AddRange(
                netlink
                    .GetForwarding()
                    .Where(static entry => (entry.Flags & RtnlConstants.NTF_STICKY) != 0)
                    .Select(entry => $"{where} forwarding {entry.Mac} {Name(entry.LinkIndex)}")
            );
            foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                // Link-local addresses come with links and their carriers.
                lines.AddRange(
                    netlink
                        .GetAddresses(family)
                        .Where(address => !address.Address.IsIPv6LinkLocal)
                        .Select(address => $"{where} address {address.Address}/{address.PrefixLength} {Name(address.LinkIndex)}")
                );
                lines.AddRange(
                    netlink
                        .GetRoutes(family)
                        .Where(route => !route.Destination.BaseAddress.IsIPv6LinkLocal && !route.Destination.BaseAddress.IsIPv6Multicast)
                        .Select(route => $"{where} route {route.Destination} {route.Gateway} {Name(route.LinkIndex)}")
                );
            }
            lines.Sort(StringComparer.Ordinal);
            return lines;
        }
    }

    private static IEnumerable<string> Files(string? folder) =>
        Directory.Exists(folder)
            ? Directory
                .GetFiles(folder)
                .Order(StringComparer.Ordinal)
                .SelectMany(file => File.ReadAllLines(file).Select(line => $"{Path.GetFileName(file)} {line}"))
            : [];

    // Empty built-in tables stay behind where iptables once looked; only rules and chains of ours count. The order of the rules of networks
    // does not matter.
    private static IEnumerable<string> Rules() =>
        [
            .. Saved("iptables-save"),
            .. Saved("ip6tables-save"),
            .. (ProgramPath.Find("nft") is null ? "" : $"\n{IptablesProgram.Run("nft", "", "list", "ruleset").Output}")
                .Split("\ntable ")
                .Where(static table => table.Split('\n')[0].EndsWith(" bridgenet {", StringComparison.Ordinal))
                .SelectMany(static table => table.TrimEnd().Split('\n'))
                .Select(line => "bridgenet " + string.Concat(line.Where(letter => !char.IsWhiteSpace(letter)).Order())),
        ];

    private static IEnumerable<string> Saved(string program) =>
        (ProgramPath.Find(program) is null ? "" : IptablesProgram.Run(program, "").Output)
            .Split('\n')
            .Where(line => line.StartsWith("-A", StringComparison.Ordinal) || line.StartsWith(":BRIDGENET", StringComparison.Ordinal))
            .Select(line => $"{program} {line.Split(" [")[0]}")
            .Order(StringComparer.Ordinal);
}
