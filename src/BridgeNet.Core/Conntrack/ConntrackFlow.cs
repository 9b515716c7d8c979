using System.Net;

namespace BridgeNet.Conntrack;

/// <summary>One direction of a flow; the ports are 0 for protocols without.</summary>
internal readonly record struct FlowTuple(IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort);

/// <summary>
/// A connection as the kernel tracks it. The reply's source is who really answers: behind a published port the endpoint,
/// where the original destination is the host.
/// </summary>
/// <param name="Protocol">The number of linux/in.h: 6 TCP, 17 UDP, 132 SCTP.</param>
/// <param name="Original">As the first packet was sent.</param>
/// <param name="Reply">As the answer to it is expected.</param>
internal sealed record ConntrackFlow(byte Protocol, FlowTuple Original, FlowTuple Reply)
{
    /// <summary>Whether the flow was begun by the endpoint, sent to it, or diverted to it.</summary>
    public bool Touches(IPAddress endpoint) =>
        Reply.Source.Equals(endpoint) || Original.Source.Equals(endpoint) || Original.Destination.Equals(endpoint);

    /// <summary>Whether the flow is answered by this port of the endpoint, under whatever address it was asked.</summary>
    public bool IsAnsweredBy(IPAddress endpoint, byte protocol, ushort port) =>
        Protocol == protocol && Reply.SourcePort == port && Reply.Source.Equals(endpoint);
}
