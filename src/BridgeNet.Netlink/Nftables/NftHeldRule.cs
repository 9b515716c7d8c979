using BridgeNet.Netlink;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Nftables.NftConstants;

namespace BridgeNet.Nftables;

/// <summary>What a rule in the kernel is, by the bytes of its list of expressions (<see cref="NftTable.Rules(NetlinkConnection, byte, string)"/>).</summary>
public static class NftHeldRule
{
    /// <summary>
    /// Whether a rule in the kernel consists of these expressions: the kernel adds attributes with default values, and removes none.
    /// </summary>
    public static bool Is(byte[] held, IReadOnlyList<NftExpression> expressions)
    {
        NetlinkWriter writer = new();
        writer.Message(0, 0, 0);
        foreach (NftExpression expression in expressions)
            expression(writer);
        NetlinkReader actual = new(held);
        foreach (NetlinkAttribute wanted in new NetlinkReader(writer.Written[NLMSG_HDRLEN..]))
        {
            if (!actual.MoveNext() || !Holds(actual.Current.Value, wanted.Value, hasDefaults: NameOf(actual.Current) == "nat"))
                return false;
        }
        return !actual.MoveNext();
    }

    /// <summary>Whether a rule drops or rejects every packet.</summary>
    public static bool StopsAll(byte[] rule)
    {
        bool stops = false;
        foreach (NetlinkAttribute expression in new NetlinkReader(rule))
        {
            ReadOnlySpan<byte> data = expression.Nested.Find(NFTA_EXPR_DATA).Value;
            switch (NameOf(expression))
            {
                case "counter" or "log":
                    break;
                case "reject":
                case "immediate" when IsDrop(data):
                // A verdict of iptables, through the kernel's x_tables.
                case "target" when data.IndexOf("REJECT"u8) >= 0:
                    stops = true;
                    break;
                default:
                    return false;
            }
        }
        return stops;
    }

    // The number of the verdict to drop is 0, which an attribute without content seems to have too.
    private static bool IsDrop(ReadOnlySpan<byte> immediate) =>
        new NetlinkReader(immediate).Find(NFTA_IMMEDIATE_DATA).Nested.Find(NFTA_DATA_VERDICT).Nested.Find(NFTA_VERDICT_CODE)
            is { Value.Length: 4, UInt32Network: NF_DROP };

    private static string NameOf(NetlinkAttribute expression) => expression.Nested.Find(NFTA_EXPR_NAME).Text;

    /// <summary>
    /// Whether an expression equals the desired one. Attributes that the kernel adds are zero; any other value changes the meaning of the
    /// rule, such as a flag that inverts a lookup.
    /// </summary>
    /// <param name="held">The expression in the kernel.</param>
    /// <param name="wanted">The desired expression.</param>
    /// <param name="hasDefaults">
    /// Whether the kernel also adds other values: range ends equal to their starts, and the flags for them (nft_nat.c).
    /// </param>
    private static bool Holds(ReadOnlySpan<byte> held, ReadOnlySpan<byte> wanted, bool hasDefaults)
    {
        foreach (NetlinkAttribute candidate in new NetlinkReader(held))
        {
            bool asked = false;
            foreach (NetlinkAttribute attribute in new NetlinkReader(wanted))
                asked |= attribute.Type == candidate.Type;
            if (!asked && !hasDefaults && candidate.Value.IndexOfAnyExcept((byte)0) >= 0)
                return false;
        }
        foreach (NetlinkAttribute attribute in new NetlinkReader(wanted))
        {
            bool found = false;
            foreach (NetlinkAttribute candidate in new NetlinkReader(held))
            {
                if (candidate.Type == attribute.Type)
                    found = attribute.IsNested
                        ? Holds(candidate.Value, attribute.Value, hasDefaults)
                        : candidate.Value.SequenceEqual(attribute.Value);
            }
            if (!found)
                return false;
        }
        return true;
    }
}
