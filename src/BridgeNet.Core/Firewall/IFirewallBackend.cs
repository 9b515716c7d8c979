using System.Net;

namespace BridgeNet.Firewall;

/// <summary>What the firewall has to know of one network; plain data.</summary>
/// <param name="Id">64 hexadecimal digits.</param>
/// <param name="BridgeName">The kernel's name of the bridge.</param>
/// <param name="Subnet">The IPv4 subnet.</param>
internal sealed record FirewallNetwork(string Id, string BridgeName, IPNetwork Subnet)
{
    /// <summary>Whether outgoing packets get the host's address.</summary>
    public bool Masquerade { get; init; } = true;
}

/// <summary>Puts the rules of networks into the kernel and takes them out, each call as one transaction.</summary>
internal interface IFirewallBackend
{
    /// <summary><c>iptables</c> or <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Takes out the rules of some networks and puts in those of others, at a cost that does not grow with the number of networks.
    /// False, and nothing done, when the kernel does not hold what it should: <see cref="Rebuild"/> mends that.
    /// </summary>
    bool TryChange(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add);

    /// <summary>
    /// Makes the kernel hold the rules of exactly these networks, whatever it held before; with none, nothing of ours stays
    /// but an admin's chain that has rules.
    /// </summary>
    void Rebuild(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>The same as <see cref="TryChange"/> in lines a person would type, for <c>-WhatIf</c> and <c>-Verbose</c>.</summary>
    IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add);
}
