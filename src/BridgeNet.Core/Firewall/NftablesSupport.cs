using BridgeNet.Model;
using BridgeNet.Netlink;
using static Tmds.Linux.LibC;

namespace BridgeNet.Firewall;

/// <summary>
/// What the kernel must have for rules in nf_tables, by itself or under iptables; the names of the options are those of its configuration.
/// </summary>
internal static class NftablesSupport
{
    /// <summary>The error that names what the kernel lacks; null if it rejected the rules for another reason.</summary>
    public static BridgeNetException? Explain(NetlinkException failure) =>
        // EPROTONOSUPPORT: no netlink for netfilter. EOPNOTSUPP: no nf_tables, or not of this family; before Linux 4.17, EAFNOSUPPORT.
        failure.Errno == EPROTONOSUPPORT
        || failure.Errno == EOPNOTSUPP
        || failure.Errno == EAFNOSUPPORT
            ? Lacks("nf_tables of the family inet", failure.Message, "CONFIG_NF_TABLES and CONFIG_NF_TABLES_INET", failure)
        // A kind of chain, an expression, or what an expression needs.
        : failure.Errno == ENOENT
            ? Lacks(
                "a part of nf_tables",
                failure.Message,
                "CONFIG_NFT_CT, CONFIG_NFT_NAT, CONFIG_NFT_MASQ, CONFIG_NFT_FIB_INET and CONFIG_NF_CONNTRACK_LABELS",
                failure
            )
        : null;

    /// <summary>The same for a program of iptables in its variant for nf_tables, which prints many lines about it.</summary>
    public static BridgeNetException? Explain(string program, string error) =>
        error
            .Split('\n')
            .FirstOrDefault(static line =>
                line.Contains("TABLE_ADD failed (Operation not supported)", StringComparison.Ordinal)
                || line.Contains("Failed to initialize nft: Protocol not supported", StringComparison.Ordinal)
            )
            is { } line
            ? Lacks(
                "nf_tables of the families ip and ip6",
                $"{program}: {line.Trim()}",
                "CONFIG_NF_TABLES, CONFIG_NF_TABLES_IPV4 and CONFIG_NF_TABLES_IPV6"
            )
            : null;

    private static BridgeNetException Lacks(string what, string said, string options, Exception? inner = null) =>
        new(
            ErrorIds.FirewallFailed,
            ProblemCategory.NotImplemented,
            $"The kernel lacks {what}, which the rules need ({said}). Load its modules, start a kernel with {options}, or install the legacy variant of iptables.",
            inner: inner
        );
}
