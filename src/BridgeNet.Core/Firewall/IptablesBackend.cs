using BridgeNet.Model;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Firewall;

/// <summary>
/// Rules where iptables users look for them: one <c>iptables-restore --noflush</c> per address family and change. It fails
/// closed: where a program is missing or fails for one family that the kernel has, the change is refused.
/// </summary>
/// <param name="patience">How long a program may take.</param>
/// <param name="lockPatience">How long it may wait for the lock that the older variant of iptables takes.</param>
internal sealed class IptablesBackend(TimeSpan patience, TimeSpan lockPatience) : IFirewallBackend
{
    // Opened in the namespace of the first use, as the engine that owns this is.
    private readonly Lazy<NetlinkConnection> _netlink = new(() => NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER));

    /// <summary>With the patience that is right for people.</summary>
    public IptablesBackend()
        : this(IptablesProgram.Patience, TimeSpan.FromSeconds(20)) { }

    public string Name => "iptables";

    /// <summary>The families that the kernel has: one without IPv6 carries none and needs no rules for it.</summary>
    private static IEnumerable<IptablesPlan> Plans => IptablesPlan.Both.Where(static plan => plan.IsInKernel);

    // Of a family that the networks do not have nothing differs, and no program is started.
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
            // A family whose rules are right stays untouched.
            if (!plan.Compare(saved, networks).Any())
                continue;
            Restore(plan, plan.Rebuild(saved, networks));
            // Programs of both variants side by side, or one that only seems to work, would leave networks open.
            if (
                plan.Compare(Save(plan), networks).FirstOrDefault(static difference => difference.Actual == IptablesPlan.Missing) is
                { } open
            )
                throw Refused(
                    $"{plan.Program}-restore",
                    0,
                    $"it said that it did, but by {plan.Program}-save {open.Object} has no '{open.Expected}'"
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
        // Without networks, what is not installed has nothing to hold.
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
        // Our accepts are reached from iptables' own FORWARD and are final there, whatever its policy; other tables come besides, and so does the other variant of iptables.
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
    /// Takes all of ours away. What iptables put into nf_tables is taken away there, where iptables was uninstalled, does not
    /// work, or says that it did; only its older variant has rules that nothing but its own programs reach.
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
            // A kernel without nf_tables has nothing there.
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
                    $"Rules would mean nothing: {asleep.Object} is {asleep.Actual}. What ends that: {asleep.Repair}."
                );
            }
        }
    }

    private IptablesSaved Save(IptablesPlan plan) => IptablesSaved.Parse(Saved(plan));

    /// <summary>What iptables holds of a family.</summary>
    private string Saved(IptablesPlan plan)
    {
        (int code, string output, string error) = IptablesProgram.Run($"{plan.Program}-save", "", patience, []);
        return code == 0 ? output : throw Refused($"{plan.Program}-save", code, error);
    }

    /// <summary>Whether iptables is the older variant, which is not of nf_tables: the newer one says so in its first line.</summary>
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

    /// <summary>False where the kernel does not hold what the script is about; to wait for the lock once more would not help.</summary>
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
            string holder = FileLocks.Holder(XtablesLock) is { } process ? $"process {process} has" : "another process has";
            return new BridgeNetException(
                ErrorIds.FirewallFailed,
                ProblemCategory.ResourceBusy,
                $"{program} waited in vain for the lock {XtablesLock}, which {holder}. Try again when that has ended."
            );
        }
        string said =
            error.Length > 0 ? error
            : code > 128 ? $"it was killed by signal {code - 128}"
            : $"it ended with {code} and said nothing";
        return new BridgeNetException(
            ErrorIds.FirewallFailed,
            ProblemCategory.ResourceUnavailable,
            $"{program} failed: {said.TrimEnd('.')}. See to iptables and the kernel's modules for it, or set BRIDGENET_FIREWALL=nftables to go without it."
        );
    }

    private const string XtablesLock = "/run/xtables.lock";
}
