using System.Net;

namespace BridgeNet.Conntrack;

/// <summary>One direction of a flow; the ports are 0 for protocols without.</summary>
public readonly record struct FlowTuple(IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort);

/// <summary>
/// A connection as the kernel tracks it. The reply's source is who really answers: behind a published port the endpoint,
/// where the original destination is the host.
/// </summary>
/// <param name="Protocol">The number of linux/in.h: 6 TCP, 17 UDP, 132 SCTP.</param>
/// <param name="Original">As the first packet was sent.</param>
/// <param name="Reply">As the answer to it is expected.</param>
public sealed record ConntrackFlow(byte Protocol, FlowTuple Original, FlowTuple Reply);
