using BridgeNet.Firewall;
using BridgeNet.Native;
using BridgeNet.Netlink;
using BridgeNet.Nftables;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>The firewalls that this machine has, and what an admin does to their rules.</summary>
internal static class Firewalls
{
    private static readonly Lazy<string?> s_iptables = new(TryIptables),
        s_nftables = new(TryNftables);

    /// <summary>Skips the test where iptables is not installed, or the kernel lacks what the backend needs.</summary>
    public static void Needs(string backend)
    {
        if ((backend == "iptables" ? s_iptables : s_nftables).Value is { } reason)
            Assert.Skip(reason);
    }

    /// <summary>Deletes all rules with an admin's tools.</summary>
    public static void Flush(string backend) =>
        AdminRule.Run(backend == "iptables" ? "iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X" : "nft flush ruleset");

    // A table stays, so each trial has a namespace of its own.
    private static string? TryIptables()
    {
        if (!IptablesProgram.IsInstalled || ProgramPath.Find("iptables") is null)
            return "iptables is not installed";
        using PrivateNamespace trial = new();
        (int code, _, string error) = trial.Run(static () =>
            IptablesProgram.Run("iptables", "", "-t", "nat", "-A", "OUTPUT", "-j", "RETURN")
        );
        return code == 0 ? null : $"the kernel lacks the tables of this variant of iptables: {error}";
    }

    private static string? TryNftables()
    {
        using PrivateNamespace trial = new();
        try
        {
            trial.Run(static () =>
            {
                using NetlinkConnection netlink = NetlinkConnection.Open(NetlinkConstants.NETLINK_NETFILTER);
                new NftBatch("trial").AddTable().Commit(netlink, "nft add table inet trial");
            });
            return null;
        }
        catch (NetlinkException failure)
        {
            return $"the kernel lacks nf_tables of the family inet: {failure.Message}";
        }
    }
}

/// <summary>A rule of an admin's own in the chain that is theirs.</summary>
internal static class AdminRule
{
    /// <summary>Commands that let everything through, show it, and take it back.</summary>
    public static (string Add, string List, string Remove) For(string backend) =>
        backend == "iptables"
            ? ("iptables -A BRIDGENET-USER -j ACCEPT", "iptables -S BRIDGENET-USER", "iptables -F BRIDGENET-USER")
            : ("nft add rule inet bridgenet user accept", "nft list chain inet bridgenet user", "nft flush chain inet bridgenet user");

    /// <summary>Runs commands separated by semicolons; each must succeed.</summary>
    public static string Run(string commands) =>
        string.Concat(
            commands
                .Split("; ")
                .Select(command =>
                {
                    string[] words = command.Split(' ');
                    Assert.SkipWhen(ProgramPath.Find(words[0]) is null, $"{words[0]} is not installed");
                    (int code, string output, string error) = IptablesProgram.Run(words[0], "", words[1..]);
                    Assert.True(code == 0, $"{command}: {error}");
                    return output;
                })
        );
}
