namespace BridgeNet.Firewall;

/// <summary>The rules in iptables' words; pure. Isolation is constant in size, a network adds two rules.</summary>
internal static class IptablesPlan
{
    public const string User = "BRIDGENET-USER", Forward = "BRIDGENET-FORWARD", Stage1 = "BRIDGENET-ISOLATION-STAGE-1", Stage2 = "BRIDGENET-ISOLATION-STAGE-2";
    public const string Postrouting = "BRIDGENET-POSTROUTING";

    private static readonly string s_in = $"-m devgroup --src-group 0x{InterfaceGroup.Id:x}", s_out = $"-m devgroup --dst-group 0x{InterfaceGroup.Id:x}";

    /// <summary>Chains, isolation and jumps, for when no network has been there yet.</summary>
    /// <param name="withUser">Whether the admin's chain is to be made too; one that is there is never touched.</param>
    public static (IReadOnlyList<string> Filter, IReadOnlyList<string> Nat) Base(bool withUser) => (
    [
        .. withUser ? (string[])[$":{User} - [0:0]"] : [],
        $":{Forward} - [0:0]", $":{Stage1} - [0:0]", $":{Stage2} - [0:0]",
        // Replies first, so that only a connection's first packet walks on; of our networks alone, for others' are not ours to accept.
        $"-A {Forward} {s_in} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        $"-A {Forward} {s_out} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        $"-A {Forward} {s_in} -j {Stage1}",
        $"-A {Forward} {s_in} -j ACCEPT",
        $"-A {Forward} {s_out} -j DROP",
        $"-A {Stage1} -j {Stage2}",
        $"-A {Stage2} {s_out} -j DROP",
        $"-I FORWARD 1 -j {Forward}",
        .. withUser ? (string[])[$"-I FORWARD 1 -j {User}"] : [],
    ],
    [
        $":{Postrouting} - [0:0]",
        $"-A POSTROUTING -j {Postrouting}",
    ]);

    /// <summary>What takes the base out again.</summary>
    public static (IReadOnlyList<string> Filter, IReadOnlyList<string> Nat) Clean(bool withUser) => (
    [
        $"-D FORWARD -j {Forward}",
        $"-F {Forward}", $"-F {Stage1}", $"-F {Stage2}", $"-X {Forward}", $"-X {Stage1}", $"-X {Stage2}",
        .. withUser ? (string[])[$"-D FORWARD -j {User}", $"-X {User}"] : [],
    ],
    [
        $"-D POSTROUTING -j {Postrouting}",
        $"-F {Postrouting}",
        $"-X {Postrouting}",
    ]);

    /// <summary>The rules of one network; <paramref name="verb"/> is <c>-I</c> or <c>-D</c>.</summary>
    public static (string Filter, IReadOnlyList<string> Nat) Network(FirewallNetwork network, string verb) => (
        // Traffic within a bridge comes by here when bridge-nf-call-iptables is 1; it goes ahead of stage 2.
        $"{verb} {Stage1} -i {network.BridgeName} -o {network.BridgeName} -j ACCEPT",
        network.Masquerade ? [$"{verb} {Postrouting} -s {network.Subnet} ! -o {network.BridgeName} -j MASQUERADE"] : []);

    public static string Script(IEnumerable<string> filter, IEnumerable<string> nat) =>
        $"*filter\n{string.Join('\n', filter)}\nCOMMIT\n*nat\n{string.Join('\n', nat)}\nCOMMIT\n".Replace("\n\n", "\n");
}
