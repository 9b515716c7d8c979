using System.Net;

namespace BridgeNet.Ipam;

/// <summary>A range that a new subnet has to keep clear of, and whose it is.</summary>
/// <param name="Network">The range.</param>
/// <param name="Owner">Whose it is, in words; made of the range only for an error, for there are as many ranges as networks.</param>
/// <param name="LinkIndex">The link that it is on; 0 for none. Its name is looked up only for an error.</param>
internal sealed record TakenRange(IPNetwork Network, Func<IPNetwork, string> Owner, int LinkIndex = 0);
