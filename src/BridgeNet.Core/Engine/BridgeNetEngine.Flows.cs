using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Conntrack;
using BridgeNet.Model;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Engine;

internal sealed partial class BridgeNetEngine
{
    /// <summary>Forgets the tracked connections of endpoints, so that flows do not go on to whom they were once translated.</summary>
    private static Step ForgetFlowsStep(IReadOnlyList<EndpointRow> endpoints)
    {
        IReadOnlyList<FlowFilter>[] flows = [.. endpoints.SelectMany(static endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address]).OfType<IPAddress>().Distinct().Select(FlowFilter.Of)];
        return new(string.Join('\n', flows.Select(static filters => string.Join("; ", filters))), () => ForgetFlows([.. flows.SelectMany(static filters => filters)]));
    }

    /// <summary>Forgets all of networks that go: whoever was root in a container of theirs may have used any address of the subnet, which is another container's some day.</summary>
    private static Step[] ForgetFlowsStep(IReadOnlyList<NetworkRow> gone)
    {
        FlowFilter[] flows = [.. gone.SelectMany(static network => network.IPAM.Config).Select(static config => new FlowFilter { Subnet = config.Subnet })];
        return flows.Length == 0 ? [] : [new(string.Join('\n', flows.AsEnumerable()), () => ForgetFlows(flows))];
    }

    /// <summary>Forgets those that came by published ports, and not by others of the same port of the container.</summary>
    private static Step ForgetFlowsStep(EndpointRow endpoint, IEnumerable<PortRow> ports)
    {
        FlowFilter[] flows = [.. ports.Select(port => new FlowFilter
        {
            Protocol = ProtocolNumber(port.Protocol),
            OriginalDestination = port.HostPort == 0 || AddressNumber.IsAny(port.HostAddress) ? null : port.HostAddress,
            OriginalDestinationPort = port.HostPort == 0 ? null : (ushort)port.HostPort,
            ReplySource = endpoint.Address(port.HostAddress.AddressFamily),
            ReplySourcePort = (ushort)port.ContainerPort,
        }).Where(static flow => flow.ReplySource is not null)];
        return new(string.Join('\n', flows), () => ForgetFlows(flows));
    }

    /// <summary>
    /// Forgets what came to ports of the host before they were published: such a flow would go on past the rules for as long
    /// as its client sends. TCP's end by themselves, for nobody answered.
    /// </summary>
    private Step[] ForgetEarlierFlowsStep(IReadOnlyList<PortRow> ports)
    {
        PortRow[] concerned = [.. ports.Where(static port => port is { HostPort: > 0, Protocol: not "tcp" })];
        if (concerned.Length == 0)
            return [];
        string words = string.Join('\n', concerned.Select(static port => $"conntrack -D -p {port.Protocol} --orig-port-dst {port.HostPort}").Distinct());
        return
        [
            new(words, () =>
            {
                // What goes to the same port of another machine, by way of this one, is not meant.
                ILookup<AddressFamily, IPAddress> own = s_families.SelectMany(Links.GetAddresses).Select(static address => address.Address).Distinct().ToLookup(static address => address.AddressFamily);
                ForgetFlows([.. concerned.SelectMany(port => (AddressNumber.IsAny(port.HostAddress) ? own[port.HostAddress.AddressFamily] : [port.HostAddress])
                    .Select(address => new FlowFilter { Protocol = ProtocolNumber(port.Protocol), OriginalDestination = address, OriginalDestinationPort = (ushort)port.HostPort }))]);
            }),
        ];
    }

    private static void ForgetFlows(IReadOnlyList<FlowFilter> doomed)
    {
        try
        {
            using ConntrackConnection flows = ConntrackConnection.Open();
            flows.DeleteFlows(doomed);
        }
        catch (NetlinkException failure) when (failure.Errno == EOPNOTSUPP || failure.Errno == EINVAL || failure.Errno == ENOENT || failure.Errno == EPROTONOSUPPORT)
        {
            // A kernel without conntrack's netlink has no flows that could be told from others; those of UDP end by themselves after half a minute.
        }
    }

    private static byte ProtocolNumber(string protocol) => protocol switch
    {
        "tcp" => 6,
        "udp" => 17,
        _ => 132, // IPPROTO_SCTP
    };
}
