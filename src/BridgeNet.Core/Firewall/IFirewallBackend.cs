using System.Net;

namespace BridgeNet.Firewall;

/// <summary>What the firewall has to know of one network; plain data.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="BridgeName">The kernel's name of the bridge.</param>
/// <param name="Subnet">The IPv4 subnet.</param>
public sealed record FirewallNetwork(string Id, string BridgeName, IPNetwork Subnet)
{
    /// <summary>Whether outgoing packets get the host's address.</summary>
    public bool Masquerade { get; init; } = true;
}

/// <summary>Puts the rules of networks into the kernel and takes them out, each call as one transaction.</summary>
public interface IFirewallBackend
{
    /// <summary><c>iptables</c> or <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>Makes the base (chains, isolation, jumps) if it is not there, then the rules of these networks. Repeating it changes nothing.</summary>
    void Add(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>Takes out the rules of these networks; those already gone are passed over. With <paramref name="last"/> the base goes too, except an admin's chain that has rules.</summary>
    void Remove(IReadOnlyList<FirewallNetwork> networks, bool last);

    /// <summary>The same changes as lines a person would type, for <c>-WhatIf</c> and <c>-Verbose</c>.</summary>
    IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> networks, bool remove);
}
