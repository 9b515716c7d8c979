using BridgeNet.Iptables;
using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>Rules where iptables users look for them: one <c>iptables-restore --noflush</c> per change.</summary>
internal sealed class IptablesBackend : IFirewallBackend
{
    public string Name => "iptables";

    public void Add(IReadOnlyList<FirewallNetwork> networks)
    {
        List<string> filter = [], nat = [];
        if (!Exists(IptablesPlan.Forward))
        {
            (IReadOnlyList<string> chains, IReadOnlyList<string> natChains) = IptablesPlan.Base(withUser: !Exists(IptablesPlan.User));
            filter.AddRange(chains);
            nat.AddRange(natChains);
        }
        else
        {
            // What is there goes first, so that repeating it changes nothing.
            Remove(networks, last: false);
        }
        AddNetworks(networks, "-I", filter, nat);
        Restore(filter, nat);
    }

    public void Remove(IReadOnlyList<FirewallNetwork> networks, bool last)
    {
        if (!Exists(IptablesPlan.Forward))
            return;
        List<string> filter = [], nat = [];
        AddNetworks(networks, "-D", filter, nat);
        if (!TryRestore(filter, nat, out _))
        {
            // One of the rules is gone already: take out the others one by one.
            foreach (string rule in filter)
                TryRestore([rule], [], out _);
            foreach (string rule in nat)
                TryRestore([], [rule], out _);
        }
        if (last)
        {
            bool unused = IptablesProgram.Run("iptables", "", "--wait", "-S", IptablesPlan.User).Output.Trim() == $"-N {IptablesPlan.User}";
            (IReadOnlyList<string> chains, IReadOnlyList<string> natChains) = IptablesPlan.Clean(withUser: unused);
            Restore(chains, natChains);
        }
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> networks, bool remove)
    {
        List<string> filter = [], nat = [];
        AddNetworks(networks, remove ? "-D" : "-I", filter, nat);
        return [.. filter.Select(rule => $"iptables {rule}"), .. nat.Select(rule => $"iptables -t nat {rule}")];
    }

    private static void AddNetworks(IReadOnlyList<FirewallNetwork> networks, string verb, List<string> filter, List<string> nat)
    {
        foreach (FirewallNetwork network in networks)
        {
            (string accept, IReadOnlyList<string> masquerade) = IptablesPlan.Network(network, verb);
            filter.Add(accept);
            nat.AddRange(masquerade);
        }
    }

    private static bool Exists(string chain) => IptablesProgram.Run("iptables", "", "--wait", "-S", chain).Code == 0;

    private static void Restore(IReadOnlyList<string> filter, IReadOnlyList<string> nat)
    {
        if (!TryRestore(filter, nat, out string error))
        {
            bool denied = error.Contains("Permission denied", StringComparison.OrdinalIgnoreCase) || error.Contains("Operation not permitted", StringComparison.OrdinalIgnoreCase);
            throw new BridgeNetException(denied ? ErrorIds.PermissionDenied : ErrorIds.FirewallFailed, denied ? ProblemCategory.PermissionDenied : ProblemCategory.ResourceUnavailable,
                $"iptables-restore refused the rules: {error}{(denied ? " Rules need CAP_NET_ADMIN." : " BRIDGENET_FIREWALL=nftables goes without iptables.")}");
        }
    }

    private static bool TryRestore(IReadOnlyList<string> filter, IReadOnlyList<string> nat, out string error)
    {
        (int code, _, error) = IptablesProgram.Run("iptables-restore", IptablesPlan.Script(filter, nat), "--noflush", "--wait");
        return code == 0;
    }
}
