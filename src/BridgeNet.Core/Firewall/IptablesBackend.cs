using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Rules in iptables, where its users look for them: one <c>iptables-restore --noflush</c> for each address family and change. It fails
/// closed: if a program is missing or fails for a family that the kernel has, the change is refused.
/// </summary>
/// <param name="patience">The timeout of a program.</param>
/// <param name="lockPatience">The timeout for the lock of the legacy variant of iptables.</param>
internal sealed class IptablesBackend(TimeSpan patience, TimeSpan lockPatience) : IFirewallBackend
{
    // Opened in the namespace of the first use, like the session that owns this object.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));

    /// <summary>Creates a backend with the default timeouts.</summary>
    public IptablesBackend()
        : this(IptablesProgram.Patience, TimeSpan.FromSeconds(20)) { }

    public string Name => "iptables";

    /// <summary>The families that the kernel supports; a kernel without IPv6 needs no rules for it.</summary>
    private static IEnumerable<IptablesPlan> Plans => IptablesPlan.Both.Where(static plan => plan.IsInKernel);

    // For a family that the networks do not have, the script is empty, and no program is started.
    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        Plans.Reverse().All(plan => plan.Change(before, after) is not { Length: > 0 } script || TryRestore(plan, script));

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        if (networks.Count == 0)
        {
            RemoveAll();
            return;
        }
        Require();
        foreach (IptablesPlan plan in Plans)
        {
            IptablesSaved saved = Save(plan);
            // A family with correct rules is not changed.
            if (!plan.Compare(saved, networks).Any())
                continue;
            Restore(plan, plan.Rebuild(saved, networks));
            // With programs of both variants installed, or a program that reports success without effect, networks would be open.
            if (
                plan.Compare(Save(plan), networks).FirstOrDefault(static difference => difference.Actual == IptablesPlan.Missing) is
                { } open
            )
                throw Refused(
                    $"{plan.Program}-restore",
                    0,
                    $"it reported success, but {plan.Program}-save shows no '{open.Expected}' in {open.Object}"
                );
        }
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        [.. Plans.SelectMany(plan => plan.Describe(before, after))];

    public IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks) =>
        [
            .. Plans
                .Where(plan => networks.Count > 0 || IptablesProgram.Has($"{plan.Program}-save"))
                .SelectMany(plan => plan.DescribeRebuild(Save(plan), networks)),
        ];

    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks)
    {
        List<RuleDifference> differences = [];
        bool legacy = false;
        // Without networks, a missing program is no difference.
        foreach (IptablesPlan plan in Plans.Where(plan => networks.Count > 0 || IptablesProgram.Has($"{plan.Program}-save")))
        {
            try
            {
                string output = Saved(plan);
                differences.AddRange(plan.Compare(IptablesSaved.Parse(output), networks));
                legacy |= IsLegacy(output);
            }
            catch (BridgeNetException unreadable)
                when (networks.Count > 0 && unreadable.Problems.All(static problem => problem.ErrorId == ErrorIds.FirewallFailed))
            {
                differences.Add(new($"{plan.Program}, all rules", "those of our networks", "cannot be read", unreadable.Message));
            }
        }
        if (networks.Count == 0)
            return differences;
        differences.AddRange(Plans.SelectMany(plan => UncalledChains.Find(_netlink.Value, plan)));
        // Our accepting rules are called by iptables' own FORWARD chain and are final there, whatever its policy. Other tables have their
        // own verdict, and so has the other variant of iptables.
        if (Chains() is { Count: > 0 } chains)
            differences.AddRange(
                ForeignChains.Find(
                    _netlink.Value,
                    chains,
                    networks,
                    chain => !legacy && chain is { Table: "filter", Name: "FORWARD", Family: NFPROTO_IPV4 or NFPROTO_IPV6 }
                )
            );
        if (!legacy)
            differences.AddRange(LegacyIptables.Find(networks));
        return differences;
    }

    /// <summary>
    /// Removes all rules of this module. Those that iptables added to nf_tables are removed through nf_tables, if iptables was uninstalled,
    /// fails, or reports success without effect; rules of the legacy variant can only be removed by its own programs.
    /// </summary>
    private void RemoveAll()
    {
        BridgeNetException? failed = null;
        foreach (IptablesPlan plan in Plans.Where(static plan => IptablesProgram.Has($"{plan.Program}-save")))
        {
            try
            {
                Restore(plan, plan.Rebuild(Save(plan), []));
            }
            catch (BridgeNetException failure) when (!LegacyIptables.HasTables(plan.Program))
            {
                failed = failure;
            }
        }
        try
        {
            OrphanedChains.Remove(_netlink.Value);
        }
        catch (NetlinkException unreachable)
        {
            // A kernel without nf_tables has no such rules.
            if (failed is not null)
                throw new BridgeNetException(failed.Problems, unreachable);
        }
    }

    public void Require()
    {
        foreach (IptablesPlan plan in Plans)
        {
            foreach (string program in (string[])[$"{plan.Program}-save", $"{plan.Program}-restore"])
            {
                if (SystemProgram.Find(program, out string why) is null)
                    throw Refused(program, 0, $"it {why}");
            }
            if (UncalledChains.Find(_netlink.Value, plan).FirstOrDefault() is { } asleep)
            {
                throw new BridgeNetException(
                    ErrorIds.FirewallFailed,
                    ProblemCategory.ResourceUnavailable,
                    $"Rules would have no effect: {asleep.Object} is {asleep.Actual}. To fix it: {asleep.Repair}."
                );
            }
        }
    }

    private IptablesSaved Save(IptablesPlan plan) => IptablesSaved.Parse(Saved(plan));

    /// <summary>The output of <c>iptables-save</c> for a family.</summary>
    private string Saved(IptablesPlan plan)
    {
        (int code, string output, string error) = IptablesProgram.Run($"{plan.Program}-save", "", patience, []);
        return code == 0 ? output : throw Refused($"{plan.Program}-save", code, error);
    }

    /// <summary>Whether iptables is the legacy variant; the nf_tables variant names nf_tables in its first line.</summary>
    private static bool IsLegacy(string saved) =>
        saved.StartsWith('#') && !saved.Split('\n', 2)[0].Contains("nf_tables", StringComparison.Ordinal);

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

    private void Restore(IptablesPlan plan, string script)
    {
        if (script.Length > 0 && RunRestore(plan, script) is { Code: not 0 } failed)
            throw Refused($"{plan.Program}-restore", failed.Code, failed.Error);
    }

    /// <summary>
    /// False if rules that the script expects are missing in the kernel. If the lock is held, it throws, because waiting again would not
    /// help.
    /// </summary>
    private bool TryRestore(IptablesPlan plan, string script)
    {
        (int code, _, string error) = RunRestore(plan, script);
        return IsLocked(error) ? throw Refused($"{plan.Program}-restore", code, error) : code == 0;
    }

    private (int Code, string Output, string Error) RunRestore(IptablesPlan plan, string script) =>
        IptablesProgram.Run($"{plan.Program}-restore", script, patience, ["--noflush", "--wait", $"{(int)lockPatience.TotalSeconds}"]);

    private static bool IsLocked(string error) => error.Contains("xtables lock", StringComparison.Ordinal);

    private static BridgeNetException Refused(string program, int code, string error)
    {
        bool denied =
            error.Contains("Permission denied", StringComparison.OrdinalIgnoreCase)
            || error.Contains("Operation not permitted", StringComparison.OrdinalIgnoreCase);
        if (denied)
        {
            return new BridgeNetException(
                ErrorIds.PermissionDenied,
                ProblemCategory.PermissionDenied,
                $"{program} failed: {error.TrimEnd('.')}. Rules need CAP_NET_ADMIN: run as root."
            );
        }
        if (IsLocked(error))
        {
            string holder = FileLocks.Holder(XtablesLock) is { } process ? $"process {process} holds" : "another process holds";
            return new BridgeNetException(
                ErrorIds.FirewallFailed,
                ProblemCategory.ResourceBusy,
                $"{program} timed out: {holder} the lock {XtablesLock}. Try again when that process has ended."
            );
        }
        if (NftablesSupport.Explain(program, error) is { } lack)
            return lack;
        string said =
            error.Length > 0 ? error
            : code > 128 ? $"it was killed by signal {code - 128}"
            : $"it ended with exit code {code} and no message";
        return new BridgeNetException(
            ErrorIds.FirewallFailed,
            ProblemCategory.ResourceUnavailable,
            $"{program} failed: {said.TrimEnd('.')}. Check iptables and its kernel modules, or set BRIDGENET_FIREWALL=nftables to use nf_tables instead."
        );
    }

    private const string XtablesLock = "/run/xtables.lock";
}
