using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using BridgeNet.Simulation;

namespace BridgeNet.Kernel.Tests.Model;

/// <summary>A namespace in the words of the model, read from the kernel by the calling thread or from the model.</summary>
internal static class ModelDescription
{
    /// <summary>The settings of links that the model knows.</summary>
    private static readonly string[] s_settings =
    [
        "ipv4/arp_ignore",
        "ipv4/route_localnet",
        "ipv6/disable_ipv6",
        "ipv6/accept_ra",
        "ipv6/accept_dad",
    ];

    /// <summary>What the kernel has.</summary>
    public static string[] OfKernel()
    {
        using RtnetlinkConnection links = RtnetlinkConnection.Open();
        return Of(links, Sysctl.Read);
    }

    /// <summary>What the model has.</summary>
    public static string[] OfModel(ModelProcess process, WorldNamespace space) => Of(new ModelRtnetlink(process, space.Cookie), space.Read);

    private static string[] Of(IRtnetlink links, Func<string, string?> setting)
    {
        Link[] all = [.. links.GetLinks().Where(static link => link.Name != "lo")];
        string? NameOf(int index) => all.FirstOrDefault(link => link.Index == index)?.Name;
        return
        [
            .. all.Select(link =>
                    $"link {link.Name} {link.Kind} {link.Mac} mtu {link.Mtu} group {link.Group} alias '{link.Alias}' {(link.Up ? "up" : "down")} master {NameOf(link.Master)} "
                    + $"{link.IsolatedPort} {link.HairpinPort} {link.LearningPort}"
                )
                .Order(StringComparer.Ordinal),
            .. all.SelectMany(link =>
                    s_settings.Select(name =>
                        $"{name.Replace("/", $"/{link.Name}/", StringComparison.Ordinal)}={setting($"net/{name.Replace("/", $"/conf/{link.Name}/", StringComparison.Ordinal)}")}"
                    )
                )
                .Order(StringComparer.Ordinal),
            // The kernel gives each link a link-local address and what goes with it.
            .. AddressNumber
                .Families.SelectMany(links.GetAddresses)
                .Where(address => NameOf(address.LinkIndex) is not null && !address.Address.IsIPv6LinkLocal)
                .Select(address => $"address {address.Address}/{address.PrefixLength} dev {NameOf(address.LinkIndex)}")
                .Order(StringComparer.Ordinal),
            .. AddressNumber
                .Families.SelectMany(links.GetRoutes)
                .Where(route =>
                    NameOf(route.LinkIndex) is not null
                    && !route.Destination.BaseAddress.IsIPv6LinkLocal
                    && !route.Destination.BaseAddress.IsIPv6Multicast
                )
                .Select(route => $"route {route.Destination} via {route.Gateway} dev {NameOf(route.LinkIndex)}")
                .Order(StringComparer.Ordinal),
            .. links
                .GetForwarding()
                .Where(static entry => (entry.Flags & RtnlConstants.NTF_STICKY) != 0)
                .Select(entry => $"fdb {entry.Mac} dev {NameOf(entry.LinkIndex)}")
                .Order(StringComparer.Ordinal),
        ];
    }
}
