using System.Net;
using System.Net.Sockets;
using BridgeNet.Conntrack;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Changes;

/// <summary>
/// Deletes conntrack entries, so that flows do not continue to a previous destination, or under rules that would not accept a new
/// connection.
/// </summary>
/// <param name="Flows">The entries to delete; those of one list are shown as one command.</param>
internal sealed record ForgetFlows(IReadOnlyList<IReadOnlyList<FlowFilter>> Flows) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <summary>The entries of endpoints.</summary>
    public static ForgetFlows Of(IEnumerable<EndpointRow> endpoints) =>
        new([
            .. endpoints
                .SelectMany(static endpoint => (IPAddress?[])[endpoint.IPAddress, endpoint.IPv6Address])
                .OfType<IPAddress>()
                .Distinct()
                .Select(FlowFilter.Of),
        ]);

    /// <summary>
    /// All entries of removed networks: root in one of their containers may have used any address of the subnet, which another container
    /// may get later.
    /// </summary>
    public static ForgetFlows Of(IEnumerable<NetworkRow> gone) =>
        new([
            .. gone.SelectMany(static network => network.IPAM.Config)
                .Select(static config => (FlowFilter[])[new() { Subnet = config.Subnet }]),
        ]);

    /// <summary>
    /// The entries of connections through published ports, without those through other ports that stay published to the same container
    /// port.
    /// </summary>
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
    public override void Apply(Effects effects) => effects.Machine.ForgetFlows([.. Flows.SelectMany(static filters => filters)]);

    /// <inheritdoc/>
    public override void Undo(Effects effects) { }

    /// <summary>The number of a protocol (IANA).</summary>
    public static byte ProtocolNumber(string protocol) =>
        protocol switch
        {
            "tcp" => 6,
            "udp" => 17,
            _ => 132, // IPPROTO_SCTP
        };
}

/// <summary>
/// Deletes the conntrack entries of packets to host ports from before these were published: such a flow would bypass the new rules for as
/// long as its client sends. TCP connections end by themselves, because there was no reply.
/// </summary>
/// <param name="Ports">The ports.</param>
internal sealed record ForgetOwnFlows(IReadOnlyList<PortRow> Ports) : Operation
{
    /// <inheritdoc/>
    public override Stage Stage => Stage.Aftermath;

    /// <summary>The entries of ports that were just published.</summary>
    public static ForgetOwnFlows Of(IEnumerable<PortRow> published) =>
        new([.. published.Where(static port => port is { HostPort: > 0, Protocol: not "tcp" })]);

    /// <inheritdoc/>
    public override IEnumerable<string> Words() =>
        Ports.Select(static port => $"conntrack -D -p {port.Protocol} --orig-port-dst {port.HostPort}").Distinct();

    /// <inheritdoc/>
    public override void Apply(Effects effects)
    {
        // Flows to the same port of another machine, forwarded by this host, do not match.
        ILookup<AddressFamily, IPAddress> own = AddressNumber
            .Families.SelectMany(effects.Kernel.Host.GetAddresses)
            .Select(static address => address.Address)
            .Distinct()
            .ToLookup(static address => address.AddressFamily);
        effects.Machine.ForgetFlows([
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
