using BridgeNet.Iptables;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>Rules where iptables users look for them: one <c>iptables-restore --noflush</c> per address family and change.</summary>
internal sealed class IptablesBackend : IFirewallBackend
{
    // Opened in the namespace of the first use, as the engine that owns this is.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));

    public string Name => "iptables";

    // Of a family that the networks do not have nothing differs, and no program is started.
    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        IptablesPlan.Both.Reverse().All(plan => plan.Change(before, after) is not { Length: > 0 } script || Restore(plan, script).Code == 0);

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        // Where iptables was uninstalled, what it put into nf_tables can be taken away all the same.
        if (networks.Count == 0 && !IptablesPlan.Both.All(static plan => IptablesProgram.Has($"{plan.Program}-save")))
            IptablesRemains.Remove(_netlink.Value);
        foreach ((IptablesPlan plan, string output) in Saved())
        {
            IptablesSaved saved = IptablesSaved.Parse(output);
            // A family whose rules are right stays untouched.
            if (!plan.Compare(saved, networks).Any())
                continue;
            string script = plan.Rebuild(saved, networks);
            if (script.Length > 0 && Restore(plan, script) is { Code: not 0 } failed)
                throw Refused($"{plan.Program}-restore", failed.Error);
        }
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        [.. IptablesPlan.Both.SelectMany(plan => plan.Describe(before, after))];

    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks)
    {
        List<RuleDifference> differences = [];
        bool legacy = false;
        foreach ((IptablesPlan plan, string output) in Saved())
        {
            differences.AddRange(plan.Compare(IptablesSaved.Parse(output), networks));
            legacy |= IsLegacy(output);
        }
        if (networks.Count == 0)
            return differences;
        // Our accepts are reached from iptables' own FORWARD and are final there, whatever its policy; other tables come besides, and so does the other variant of iptables.
        differences.AddRange(ForeignChains.Find(_netlink.Value, Chains(), networks, chain => !legacy && chain is { Table: "filter", Name: "FORWARD", Family: NFPROTO_IPV4 or NFPROTO_IPV6 }));
        if (!legacy)
            differences.AddRange(LegacyIptables.Find(networks));
        return differences;
    }

    /// <summary>What iptables holds, of both families.</summary>
    private static IEnumerable<(IptablesPlan Plan, string Output)> Saved()
    {
        foreach (IptablesPlan plan in IptablesPlan.Both.Where(static plan => plan.IsInKernel && IptablesProgram.Has($"{plan.Program}-save")))
        {
            (int code, string output, string error) = IptablesProgram.Run($"{plan.Program}-save", "");
            yield return code == 0 ? (plan, output) : throw Refused($"{plan.Program}-save", error);
        }
    }

    /// <summary>Whether iptables is the older variant, which is not of nf_tables: the newer one says so in its first line.</summary>
    private static bool IsLegacy(string saved) => saved.StartsWith('#') && !saved[..saved.IndexOf('\n')].Contains("nf_tables", StringComparison.Ordinal);

    private IReadOnlyList<NftChain> Chains()
    {
        try
        {
            return NftTable.Chains(_netlink.Value);
        }
        catch (NetlinkException)
        {
            return []; // a kernel without nf_tables has no chains of it
        }
    }

    public void Dispose()
    {
        if (_netlink.IsValueCreated)
            _netlink.Value.Dispose();
    }

    private static (int Code, string Output, string Error) Restore(IptablesPlan plan, string script) =>
        IptablesProgram.Run($"{plan.Program}-restore", script, "--noflush", "--wait");

    private static BridgeNetException Refused(string program, string error)
    {
        bool denied = error.Contains("Permission denied", StringComparison.OrdinalIgnoreCase) || error.Contains("Operation not permitted", StringComparison.OrdinalIgnoreCase);
        return new BridgeNetException(denied ? ErrorIds.PermissionDenied : ErrorIds.FirewallFailed, denied ? ProblemCategory.PermissionDenied : ProblemCategory.ResourceUnavailable,
            $"{program} failed: {error}{(denied ? " Rules need CAP_NET_ADMIN: run as root." : " BRIDGENET_FIREWALL=nftables goes without iptables.")}");
    }
}
