using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>Which backend: iptables where it is installed, since admins look there; else the kernel's nf_tables.</summary>
internal static class FirewallSelection
{
    public const string Iptables = "iptables",
        Nftables = "nftables";

    public static IFirewallBackend Choose() =>
        Environment.GetEnvironmentVariable("BRIDGENET_FIREWALL") switch
        {
            null or "" => Open(IptablesProgram.IsInstalled ? Iptables : Nftables),
            Iptables => Open(Iptables),
            Nftables => Open(Nftables),
            string other => throw new BridgeNetException(
                ErrorIds.InvalidOption,
                ProblemCategory.InvalidArgument,
                $"BRIDGENET_FIREWALL is '{other}'; set it to 'iptables' or 'nftables', or not at all.",
                other
            ),
        };

    /// <summary>A backend by its name.</summary>
    public static IFirewallBackend Open(string name) => name == Iptables ? new IptablesBackend() : new NftablesBackend();
}
