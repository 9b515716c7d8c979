using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>Chooses the backend: iptables if it is installed, because admins look there; otherwise nf_tables.</summary>
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
                $"BRIDGENET_FIREWALL is '{other}'; set it to 'iptables' or 'nftables', or unset it.",
                other
            ),
        };

    /// <summary>Creates a backend by its name.</summary>
    public static IFirewallBackend Open(string name) => name == Iptables ? new IptablesBackend() : new NftablesBackend();
}
