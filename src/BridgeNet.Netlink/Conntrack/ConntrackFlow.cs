using System.Net;

namespace BridgeNet.Conntrack;

/// <summary>One direction of a flow; the ports are 0 for protocols without ports.</summary>
public readonly record struct FlowTuple(IPAddress Source, ushort SourcePort, IPAddress Destination, ushort DestinationPort);

/// <summary>
/// A connection as the kernel tracks it. The source of the reply is the real responder: behind a published port it is the endpoint, while
/// the original destination is the host.
/// </summary>
/// <param name="Protocol">The number of linux/in.h: 6 TCP, 17 UDP, 132 SCTP.</param>
/// <param name="Original">Addresses and ports of the first packet.</param>
/// <param name="Reply">Addresses and ports of the expected reply.</param>
public sealed record ConntrackFlow(byte Protocol, FlowTuple Original, FlowTuple Reply);
