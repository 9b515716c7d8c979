namespace BridgeNet.Firewall;

/// <summary>Puts the rules of networks into the kernel and takes them out, each call as one transaction.</summary>
internal interface IFirewallBackend : IDisposable
{
    /// <summary><c>iptables</c> or <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>Refuses, with what is missing, where rules could not be made: asked before anything is done.</summary>
    void Require();

    /// <summary>
    /// Replaces the rules of some networks, as they were, by those of the same or others, as they are to be; only what
    /// differs is touched, at a cost that does not grow with the number of networks.
    /// False, and nothing done, when the kernel does not hold what it should: <see cref="Rebuild"/> repairs that.
    /// </summary>
    bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after);

    /// <summary>
    /// Makes the kernel hold the rules of exactly these networks, whatever it held before; with none, nothing of ours stays
    /// but an admin's chain that has rules.
    /// </summary>
    void Rebuild(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>The same as <see cref="TryChange"/> in lines a person would type, for <c>-WhatIf</c> and <c>-Verbose</c>.</summary>
    IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after);

    /// <summary>The same as <see cref="Rebuild"/> in lines a person would type: with the first network, and with the last.</summary>
    IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>In what the kernel differs from the rules of exactly these networks, and which rules of others are in their way.</summary>
    IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks);
}

/// <summary>A rule, a chain or a set element that is not as it is meant to be.</summary>
/// <param name="Object">Which, in the words of its program.</param>
/// <param name="Expected">What it is meant to be.</param>
/// <param name="Actual">What it is.</param>
/// <param name="Repair">What repairs it, or what to do by hand.</param>
/// <param name="Foreign">Whether it is a foreign rule, which stays.</param>
internal sealed record RuleDifference(string Object, string Expected, string Actual, string Repair, bool Foreign = false)
{
    /// <summary>The bridge of the network whose it is; empty for what all networks share, and for what is none of ours.</summary>
    public string Bridge { get; init; } = "";
}
