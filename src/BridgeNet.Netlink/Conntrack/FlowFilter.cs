using System.Net;
using System.Net.Sockets;
using static BridgeNet.Conntrack.ConntrackConstants;

namespace BridgeNet.Conntrack;

/// <summary>
/// Selects the flows that match all given values; at least an address is required. As text, it is the conntrack command that deletes them.
/// </summary>
public sealed record FlowFilter
{
    /// <summary>The number of linux/in.h; null for any.</summary>
    public byte? Protocol { get; init; }

    /// <summary>The initiator.</summary>
    public IPAddress? OriginalSource { get; init; }

    /// <summary>The original destination: behind a published port, the host.</summary>
    public IPAddress? OriginalDestination { get; init; }

    /// <summary>Requires a <see cref="Protocol"/>.</summary>
    public ushort? OriginalDestinationPort { get; init; }

    /// <summary>The responder: behind a published port, the endpoint.</summary>
    public IPAddress? ReplySource { get; init; }

    /// <summary>Requires a <see cref="Protocol"/>.</summary>
    public ushort? ReplySourcePort { get; init; }

    /// <summary>A subnet that contains the initiator, the original destination or the responder.</summary>
    public IPNetwork? Subnet { get; init; }

    /// <summary>The family of its addresses.</summary>
    public AddressFamily Family =>
        (
            OriginalSource
            ?? OriginalDestination
            ?? ReplySource
            ?? Subnet?.BaseAddress
            ?? throw new InvalidOperationException("a filter without an address means every flow there is")
        ).AddressFamily;

    /// <summary>
    /// Whether the kernel supports the filter. Its comparison of IPv6 addresses is inverted, so that it would delete all other flows, and
    /// it ignores subnets and SCTP ports (ctnetlink_filter_match_tuple, as of Linux 6.18).
    /// </summary>
    public bool IsForKernel =>
        Family == AddressFamily.InterNetwork
        && Subnet is null
        && (Protocol != IPPROTO_SCTP || (OriginalDestinationPort is null && ReplySourcePort is null));

    /// <summary>The flows that an endpoint started, that were sent to it, or redirected to it.</summary>
    public static IReadOnlyList<FlowFilter> Of(IPAddress endpoint) =>
        [new() { OriginalSource = endpoint }, new() { OriginalDestination = endpoint }, new() { ReplySource = endpoint }];

    /// <summary>Whether the filter matches a flow.</summary>
    public bool Matches(ConntrackFlow flow) =>
        (Protocol is null || Protocol == flow.Protocol)
        && (OriginalSource is null || OriginalSource.Equals(flow.Original.Source))
        && (OriginalDestination is null || OriginalDestination.Equals(flow.Original.Destination))
        && (OriginalDestinationPort is null || OriginalDestinationPort == flow.Original.DestinationPort)
        && (ReplySource is null || ReplySource.Equals(flow.Reply.Source))
        && (ReplySourcePort is null || ReplySourcePort == flow.Reply.SourcePort)
        && (
            Subnet is not { } subnet
            || subnet.Contains(flow.Original.Source)
            || subnet.Contains(flow.Original.Destination)
            || subnet.Contains(flow.Reply.Source)
        );

    /// <inheritdoc/>
    public override string ToString() =>
        Subnet is { } subnet
            ? string.Join(
                "; ",
                ((string[])["-s", "-d", "-r"]).Select(option =>
                    $"conntrack -D{(Family == AddressFamily.InterNetworkV6 ? " -f ipv6" : "")} {option} {subnet}"
                )
            )
            : Command();

    private string Command()
    {
        string protocol = Protocol switch
        {
            IPPROTO_TCP => "tcp",
            IPPROTO_UDP => "udp",
            IPPROTO_SCTP => "sctp",
            _ => $"{Protocol}",
        };
        (string Option, object? Value)[] options =
        [
            ("-f", Family == AddressFamily.InterNetworkV6 ? "ipv6" : null),
            ("-p", Protocol is null ? null : protocol),
            ("-s", OriginalSource),
            ("-d", OriginalDestination),
            ("--orig-port-dst", OriginalDestinationPort),
            ("-r", ReplySource),
            ("--reply-port-src", ReplySourcePort),
        ];
        return string.Concat([
            "conntrack -D",
            .. options.Where(static option => option.Value is not null).Select(static option => $" {option.Option} {option.Value}"),
        ]);
    }
}
