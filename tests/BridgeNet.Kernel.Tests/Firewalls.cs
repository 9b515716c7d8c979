using BridgeNet.Firewall;
using BridgeNet.Native;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>What an admin does to rules, with an admin's tools.</summary>
internal static class Firewalls
{
    public static void Flush(string backend) =>
        AdminRule.Run(backend == "iptables" ? "iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X" : "nft flush ruleset");
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
