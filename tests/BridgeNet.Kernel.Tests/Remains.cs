using BridgeNet.Model;
using BridgeNet.Rtnetlink;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// Compares the whole machine with the state, both ways: nothing of ours is there that no row knows of, and no row without what it stands
/// for.
/// </summary>
internal static class Remains
{
    /// <summary>Fails unless kernel, files and state agree.</summary>
    public static void AssertNone(Session engine, string state)
    {
        // From rows to kernel, and from rules to rows.
        Assert.Equal("", string.Join('\n', engine.FindDrift(null)));
        IReadOnlyList<ContainerRow> containers = engine.GetContainers();
        HashSet<string> links =
        [
            "lo",
            ForeignObjects.Bridge,
            ForeignObjects.Parent,
            .. engine.GetNetworks().Select(static network => network.BridgeName).OfType<string>(),
            .. engine.GetNetworks().SelectMany(static network => (string[])[$"dm-{network.ShortId}", $"di-{network.ShortId}"]),
            .. engine.GetNetworks().Where(static network => network.HostAccess).Select(static network => $"bn-{network.ShortId}"),
            .. containers.SelectMany(static container => container.Endpoints).Select(static endpoint => endpoint.HostInterface),
        ];
        using (RtnetlinkConnection netlink = RtnetlinkConnection.Open())
            Assert.Equal([], netlink.GetLinks().Select(static link => link.Name).Where(name => !links.Contains(name)));
        string[] own =
        [
            .. containers
                .Where(static container => container.Kind is ContainerKind.Owned or ContainerKind.Host)
                .Select(static container => container.NetNSPath)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Equal(own, Entries(state, "netns"));
        // Below the state directory, for the test may have mounted that itself.
        Assert.Equal(
            own,
            File.ReadLines("/proc/thread-self/mountinfo")
                .Select(static line => line.Split(' ')[4])
                .Where(target => target.StartsWith(state + "/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            containers.Select(container => engine.FilesOf(container)?.Location).OfType<string>().Order(StringComparer.Ordinal),
            Entries(state, "etc")
        );
        Assert.Equal([], Directory.GetFiles(state, "intent*"));
    }

    private static string[] Entries(string state, string folder) =>
        Directory.Exists(Path.Combine(state, folder))
            ? [.. Directory.GetFileSystemEntries(Path.Combine(state, folder)).Order(StringComparer.Ordinal)]
            : [];
}
