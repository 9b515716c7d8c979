namespace BridgeNet.Firewall;

/// <summary>Adds and removes the rules of networks in the kernel, each call in one transaction.</summary>
internal interface IFirewallBackend : IDisposable
{
    /// <summary><c>iptables</c> or <c>nftables</c>.</summary>
    string Name { get; }

    /// <summary>Refuses if the backend does not support the rules, with the reason; called before anything is changed.</summary>
    void Require();

    /// <summary>
    /// Replaces the rules of some networks. Only differences are changed, at a cost that does not grow with the number of networks. False,
    /// without any change, if rules are missing in the kernel: <see cref="Rebuild"/> repairs that.
    /// </summary>
    bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after);

    /// <summary>
    /// Replaces all rules by those of exactly these networks, whatever the kernel has. Without networks, nothing of ours stays, except an
    /// admin's chain with rules.
    /// </summary>
    void Rebuild(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>The commands for <see cref="TryChange"/>, for <c>-WhatIf</c> and <c>-Verbose</c>.</summary>
    IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after);

    /// <summary>The commands for <see cref="Rebuild"/>, for the first network and the last.</summary>
    IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>
    /// The differences between the kernel's rules and those of exactly these networks, and foreign rules that block them.
    /// </summary>
    IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks);
}

/// <summary>A difference in a rule, a chain or a set element.</summary>
/// <param name="Object">The object, in the syntax of its program.</param>
/// <param name="Expected">The expected value.</param>
/// <param name="Actual">The actual value.</param>
/// <param name="Repair">The command that repairs it, or what to do by hand.</param>
/// <param name="Foreign">Whether it is a foreign rule, which is never changed.</param>
internal sealed record RuleDifference(string Object, string Expected, string Actual, string Repair, bool Foreign = false)
{
    /// <summary>The bridge of its network; empty for rules that all networks share, and for foreign rules.</summary>
    public string Bridge { get; init; } = "";
}
