using System.Net;

namespace BridgeNet.Ipam;

/// <summary>A range that a new subnet has to keep clear of, and whose it is.</summary>
/// <param name="Network">The range.</param>
/// <param name="Owner">Whose it is, in words for an error.</param>
/// <param name="LinkIndex">The link that it is on; 0 for none. Its name is looked up only for an error.</param>
internal sealed record TakenRange(IPNetwork Network, string Owner, int LinkIndex = 0);
