using System.Net;

namespace BridgeNet.Ipam;

/// <summary>A range that a new subnet has to keep clear of, and whose it is, in words for an error.</summary>
internal sealed record TakenRange(IPNetwork Network, string Owner);
