using BridgeNet.Iptables;
using BridgeNet.Model;

namespace BridgeNet.Firewall;

/// <summary>Which backend: iptables where it is installed, since admins look there; else the kernel's nf_tables.</summary>
internal static class FirewallSelection
{
    public static IFirewallBackend Choose() => Environment.GetEnvironmentVariable("BRIDGENET_FIREWALL") switch
    {
        "iptables" => new IptablesBackend(),
        "nftables" => new NftablesBackend(),
        null or "" => IptablesProgram.IsInstalled ? new IptablesBackend() : new NftablesBackend(),
        string other => throw new BridgeNetException(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument,
            $"BRIDGENET_FIREWALL is '{other}'; set it to 'iptables' or 'nftables', or not at all.", other),
    };
}
