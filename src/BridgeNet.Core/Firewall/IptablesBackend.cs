using BridgeNet.Iptables;
using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>Rules where iptables users look for them: one <c>iptables-restore --noflush</c> per change.</summary>
internal sealed class IptablesBackend : IFirewallBackend
{
    public string Name => "iptables";

    public bool TryChange(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add) =>
        Restore(IptablesPlan.Change(remove, add)).Code == 0;

    public void Rebuild(IReadOnlyList<FirewallNetwork> networks)
    {
        (int code, string saved, string error) = IptablesProgram.Run("iptables-save", "");
        if (code != 0)
            throw Refused("iptables-save", error);
        string script = IptablesPlan.Rebuild(IptablesSaved.Parse(saved), networks);
        if (script.Length > 0 && Restore(script) is { Code: not 0 } failed)
            throw Refused("iptables-restore", failed.Error);
    }

    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> remove, IReadOnlyList<FirewallNetwork> add) =>
        [.. Describe("-D", remove), .. Describe("-I", add)];

    private static IEnumerable<string> Describe(string verb, IReadOnlyList<FirewallNetwork> networks) =>
        networks.SelectMany(IptablesPlan.RulesOf).Select(rule => $"iptables {(rule.Table == "filter" ? "" : $"-t {rule.Table} ")}{verb} {rule.Chain} {rule.Spec}");

    private static (int Code, string Output, string Error) Restore(string script) => IptablesProgram.Run("iptables-restore", script, "--noflush", "--wait");

    private static BridgeNetException Refused(string program, string error)
    {
        bool denied = error.Contains("Permission denied", StringComparison.OrdinalIgnoreCase) || error.Contains("Operation not permitted", StringComparison.OrdinalIgnoreCase);
        return new BridgeNetException(denied ? ErrorIds.PermissionDenied : ErrorIds.FirewallFailed, denied ? ProblemCategory.PermissionDenied : ProblemCategory.ResourceUnavailable,
            $"{program} failed: {error}{(denied ? " Rules need CAP_NET_ADMIN: run as root." : " BRIDGENET_FIREWALL=nftables goes without iptables.")}");
    }
}
