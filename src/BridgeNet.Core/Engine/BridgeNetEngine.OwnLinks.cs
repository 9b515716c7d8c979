using BridgeNet.Firewall;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Engine;

/// <content>Links by their identity: one that only has the name of ours is another tool's, and stays.</content>
internal sealed partial class BridgeNetEngine
{
    /// <summary>The bridge of a network; null when it is gone, or another link has its name.</summary>
    private Link? FindBridge(NetworkRow network) => Links.FindLink(network.BridgeName!) is { } link && IsBridgeOf(network, link) ? link : null;

    /// <summary>The host's end of an endpoint; null when it is gone, or another link has its name.</summary>
    private Link? FindPort(EndpointRow endpoint) => Links.FindLink(endpoint.HostInterface) is { } link && LinkMark.Of(endpoint).IsOn(link) ? link : null;

    /// <summary>The end of an endpoint inside its container; null when it is gone, or another link has its name.</summary>
    private static Link? FindInside(RtnetlinkConnection inside, EndpointRow endpoint) =>
        inside.FindLink(endpoint.InterfaceName) is { Kind: "veth" } link && link.Mac == endpoint.MacAddress ? link : null;

    /// <summary>A change of an endpoint's link. It goes at any moment when the namespace of its container ends, and then needs none.</summary>
    private static void UnlessGone(Action change)
    {
        try
        {
            change();
        }
        catch (NetlinkException failure) when (failure.Errno == ENODEV)
        {
        }
    }

    private static bool IsBridgeOf(NetworkRow network, Link link) => network.Adopted is null
        ? LinkMark.Of(network).IsOn(link)
        : IsAdopted(link, network.BridgeMacAddress);

    // A bridge without an address of its own changes it with its ports, so the group that we put it into counts as well.
    private static bool IsAdopted(Link link, MacAddress? mac) => link.Kind == "bridge" && (link.Mac == mac || InterfaceGroup.IsOurs(link.Group));

    /// <summary>The indexes of those links that are there and ours; of one that only has the name is warned.</summary>
    private IReadOnlyList<int> FindOwn(IReadOnlyList<LinkMark> marks)
    {
        List<int> own = [];
        foreach (LinkMark mark in marks)
        {
            if (Links.FindLink(mark.Name) is not { } link)
                continue;
            if (mark.IsOn(link))
                own.Add(link.Index);
            else
                Warn($"The link {mark.Name} is not the one that this module created, so it was left alone.");
        }
        return own;
    }

    private void DeleteLinks(IReadOnlyList<LinkMark> marks) => Links.DeleteLinks(FindOwn(marks));
}
