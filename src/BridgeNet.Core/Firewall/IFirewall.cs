namespace BridgeNet.Firewall;

/// <summary>A backend with its additional tables: the anti-spoofing table, and the rules that depend on links.</summary>
internal interface IFirewall : IFirewallBackend
{
    /// <summary>The commands that create the anti-spoofing table; none if it exists, or is not needed.</summary>
    IReadOnlyList<string> DescribeSendersCome(IReadOnlyList<FirewallNetwork> networks);

    /// <summary>The commands that remove the anti-spoofing table; none if it does not exist.</summary>
    IReadOnlyList<string> DescribeSendersGone();

    /// <summary>
    /// Adds the rules that depend on the link of a network's bridge, after the bridge was created again. The other rules match the bridge
    /// by its name, and stay.
    /// </summary>
    void Attach(FirewallNetwork network);

    /// <summary>The commands for <see cref="Attach"/>.</summary>
    IEnumerable<string> DescribeAttach(FirewallNetwork network);
}
