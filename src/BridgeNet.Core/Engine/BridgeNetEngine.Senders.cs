using System.Net;
using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Desired;
using BridgeNet.Firewall;
using BridgeNet.Model;
using BridgeNet.Probes;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Engine;

/// <summary>Who may send through the ports of a network with anti-spoofing, while it is in use.</summary>
internal sealed partial class BridgeNetEngine
{
    /// <summary>The steps that begin or end checking who sends through ports that are in use.</summary>
    private IEnumerable<Step> SenderCheckSteps(IReadOnlyList<EndpointRow> endpoints, bool check) => endpoints.Select(endpoint =>
    {
        string port = endpoint.HostInterface;
        return new Step(check
                ? $"{ForwardingWords(endpoint)}\nip link set {port} group {InterfaceGroup.AntiSpoof}"
                : $"ip link set {port} group {InterfaceGroup.Port}\nbridge fdb delete {endpoint.MacAddress} dev {port} master",
            () => OnPort(endpoint, link => CheckSender(link, endpoint, check)),
            () => OnPort(endpoint, link => CheckSender(link, endpoint, !check)));
    });

    /// <summary>Puts a port into the group whose senders are checked and tells the bridge who is behind it, or takes both back.</summary>
    private void CheckSender(Link port, EndpointRow endpoint, bool check)
    {
        if (check)
            Links.ReplaceForwarding(port.Index, endpoint.MacAddress);
        else
            Links.RemoveForwarding(port.Index, endpoint.MacAddress);
        if (port.Group != InterfaceGroup.OfPort(check))
            Links.SetGroup(port.Index, InterfaceGroup.OfPort(check));
    }

    /// <summary>
    /// The step that ends what was believed of false senders before they were checked: what the bridge has learned, and what the host and the
    /// containers hold of each other's addresses, which would send to the wrong one for as long as it is used.
    /// </summary>
    private Step ForgetSendersStep(NetworkRow network, IReadOnlyList<EndpointRow> endpoints, IReadOnlyList<ContainerRow> containers) => new(
        string.Join('\n', endpoints.Select(endpoint => $"bridge fdb flush dev {network.BridgeName} brport {endpoint.HostInterface} dynamic")), () =>
        {
            HashSet<int> ports = [.. endpoints.Select(FindPort).OfType<Link>().Select(static port => port.Index)];
            foreach (ForwardingEntry entry in Links.GetForwarding().Where(entry => ports.Contains(entry.LinkIndex) && !entry.IsStatic))
                Links.RemoveForwarding(entry.LinkIndex, entry.Mac);
            Announce(network, endpoints.Zip(containers));
        });

    /// <summary>Tells all on a network which address is whose: the host's, and each container's.</summary>
    private void Announce(NetworkRow network, IEnumerable<(EndpointRow Endpoint, ContainerRow Container)> endpoints)
    {
        if (FindBridge(network) is { Mac: { } mac } bridge)
            Announcement.Announce(null, bridge.Name, mac, DesiredBridge.Addresses(network).Select(static address => address.Address), isRouter: true);
        foreach ((EndpointRow endpoint, ContainerRow container) in endpoints)
        {
            using NetworkNamespace? space = Door.TryOpen(container);
            using RtnetlinkConnection? links = space?.OpenRtnetlink();
            if (links is not null && FindInside(links, endpoint) is { } inside)
                Announcement.Announce(space, inside.Name, endpoint.MacAddress, DesiredEndpoint.Sources(endpoint));
        }
    }
}
