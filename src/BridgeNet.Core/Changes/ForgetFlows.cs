using System.Net;
using System.Net.Sockets;
using BridgeNet.Conntrack;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Changes;

/// <summary>Forgets tracked connections, so that flows do not go on to whom they were once translated, or through rules that would not let them begin.</summary>
/// <param name="Flows">Which; those of a line are told together.</param>
internal sealed record ForgetFlows(IReadOnlyList<IReadOnlyList<FlowFilter>> Flows) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <summary>Those of endpoints.</summary>
    public static ForgetFlows Of(IEnumerable<EndpointRow> endpoints) =>
        new([
            .. endpoints
                .SelectMany(static endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address])
                .OfType<IPAddress>()
                .Distinct()
                .Select(FlowFilter.Of),
        ]);

    /// <summary>All of networks that go: whoever was root in a container of theirs may have used any address of the subnet, which is another container's some day.</summary>
    public static ForgetFlows Of(IEnumerable<NetworkRow> gone) =>
        new([
            .. gone.SelectMany(static network => network.IPAM.Config)
                .Select(static config => (FlowFilter[])[new() { Subnet = config.Subnet }]),
        ]);

    /// <summary>Those that came by published ports, and not by others of the same port of the container.</summary>
    public static ForgetFlows Of(EndpointRow endpoint, IEnumerable<PortRow> ports) =>
        new([
            .. ports
                .Select(port => new FlowFilter
                {
                    Protocol = ProtocolNumber(port.Protocol),
                    OriginalDestination = port.HostPort == 0 || AddressNumber.IsAny(port.HostAddress) ? null : port.HostAddress,
                    OriginalDestinationPort = port.HostPort == 0 ? null : (ushort)port.HostPort,
                    ReplySource = endpoint.Address(port.HostAddress.AddressFamily),
                    ReplySourcePort = (ushort)port.ContainerPort,
                })
                .Where(static flow => flow.ReplySource is not null)
                .Select(static flow => (FlowFilter[])[flow]),
        ]);

    /// <inheritdoc/>
    public override IEnumerable<string> Words() => Flows.Select(static filters => string.Join("; ", filters));

    /// <inheritdoc/>
    public override void Apply(Effects effects) => Forget([.. Flows.SelectMany(static filters => filters)]);

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }

    /// <summary>The kernel's number of a protocol.</summary>
    public static byte ProtocolNumber(string protocol) =>
        protocol switch
        {
            "tcp" => 6,
            "udp" => 17,
            _ => 132, // IPPROTO_SCTP
        };

    /// <summary>Forgets flows that are meant by one of these.</summary>
    public static void Forget(IReadOnlyList<FlowFilter> doomed)
    {
        if (doomed.Count == 0)
            return;
        try
        {
            using ConntrackConnection flows = ConntrackConnection.Open();
            flows.DeleteFlows(doomed);
        }
        catch (NetlinkException failure)
            when (failure.Errno == EOPNOTSUPP || failure.Errno == EINVAL || failure.Errno == ENOENT || failure.Errno == EPROTONOSUPPORT)
        {
            // A kernel without conntrack's netlink has no flows that can be picked out; those of UDP end by themselves after half a minute.
        }
    }
}

/// <summary>
/// Forgets what came to ports of the host before they were published: such a flow would go on past the rules for as long
/// as its client sends. TCP's end by themselves, for nobody answered.
/// </summary>
/// <param name="Ports">The ports.</param>
internal sealed record ForgetOwnFlows(IReadOnlyList<PortRow> Ports) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <summary>Those of ports that were just published.</summary>
    public static ForgetOwnFlows Of(IEnumerable<PortRow> published) =>
        new([.. published.Where(static port => port is { HostPort: > 0, Protocol: not "tcp" })]);

    /// <inheritdoc/>
    public override IEnumerable<string> Words() =>
        Ports.Select(static port => $"conntrack -D -p {port.Protocol} --orig-port-dst {port.HostPort}").Distinct();

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        // What goes to the same port of another machine, by way of this one, is not meant.
        ILookup<AddressFamily, IPAddress> own = AddressNumber
            .Families.SelectMany(effects.Kernel.Host.GetAddresses)
            .Select(static address => address.Address)
            .Distinct()
            .ToLookup(static address => address.AddressFamily);
        ForgetFlows.Forget([
            .. Ports.SelectMany(port =>
                (AddressNumber.IsAny(port.HostAddress) ? own[port.HostAddress.AddressFamily] : [port.HostAddress]).Select(
                    address => new FlowFilter
                    {
                        Protocol = ForgetFlows.ProtocolNumber(port.Protocol),
                        OriginalDestination = address,
                        OriginalDestinationPort = (ushort)port.HostPort,
                    }
                )
            ),
        ]);
    }

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }
}
