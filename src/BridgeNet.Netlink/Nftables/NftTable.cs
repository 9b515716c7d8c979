using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Netlink.NetlinkConstants;
using static BridgeNet.Nftables.NftConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Nftables;

/// <summary>Reads what the kernel holds of nf_tables.</summary>
public static class NftTable
{
    /// <summary>The rules of a chain, each as the bytes of its list of expressions.</summary>
    public static IReadOnlyList<byte[]> Rules(NetlinkConnection netlink, byte family, string table, string chain) =>
        [.. DumpRules(netlink, family, table, chain).Select(static rule => rule.Expressions)];

    /// <summary>The rules of all chains of a table.</summary>
    public static ILookup<string, byte[]> Rules(NetlinkConnection netlink, byte family, string table) =>
        DumpRules(netlink, family, table, null).ToLookup(static rule => rule.Chain, static rule => rule.Expressions);

    /// <summary>The rules of a chain with the numbers by which they are deleted.</summary>
    public static IEnumerable<(ulong Handle, byte[] Expressions)> HandledRules(
        NetlinkConnection netlink,
        byte family,
        string table,
        string chain
    ) =>
        netlink
            .Dump(
                $"nft -a list chain {table} {chain}",
                NftBatch.MessageType(NFT_MSG_GETRULE),
                message => message.Struct(new NfGenMsg(family, 0, 0)).String(NFTA_RULE_TABLE, table).String(NFTA_RULE_CHAIN, chain),
                static (_, payload) =>
                    Find(payload, NFTA_RULE_HANDLE) is { Length: 8 } handle
                        ? Tuple.Create(BinaryPrimitives.ReadUInt64BigEndian(handle), Find(payload, NFTA_RULE_EXPRESSIONS).ToArray())
                        : null
            )
            .Select(static rule => (rule.Item1, rule.Item2));

    /// <summary>The elements of a set of ours, ends of ranges by themselves; null when there is no such set.</summary>
    public static IReadOnlyList<(byte[] Key, byte[] Data, bool IsEnd)>? Elements(
        NetlinkConnection netlink,
        byte family,
        string table,
        string set
    )
    {
        try
        {
            return
            [
                .. netlink
                    .Dump(
                        $"nft list set {FamilyName(family)} {table} {set}",
                        NftBatch.MessageType(NFT_MSG_GETSETELEM),
                        message =>
                            message
                                .Struct(new NfGenMsg(family, 0, 0))
                                .String(NFTA_SET_ELEM_LIST_TABLE, table)
                                .String(NFTA_SET_ELEM_LIST_SET, set),
                        static (_, payload) => ReadElements(payload)
                    )
                    .SelectMany(static some => some),
            ];
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            return null;
        }
    }

    /// <summary>A family as nft names it.</summary>
    public static string FamilyName(byte family) =>
        family switch
        {
            NFPROTO_INET => "inet",
            NFPROTO_IPV4 => "ip",
            NFPROTO_IPV6 => "ip6",
            NFPROTO_NETDEV => "netdev",
            NFPROTO_BRIDGE => "bridge",
            _ => $"{family}",
        };

    /// <summary>All chains of a family; <see cref="NFPROTO_UNSPEC"/> for those of all families.</summary>
    public static IReadOnlyList<NftChain> Chains(NetlinkConnection netlink, byte family = NFPROTO_UNSPEC) =>
        netlink.Dump(
            "nft list chains",
            NftBatch.MessageType(NFT_MSG_GETCHAIN),
            message => message.Struct(new NfGenMsg(family, 0, 0)),
            static (_, payload) => ReadChain(payload)
        );

    /// <summary>How often each chain of a table is in use: by its rules, and by those that lead to it.</summary>
    public static IReadOnlyDictionary<string, uint> Uses(NetlinkConnection netlink, byte family, string table) =>
        netlink
            .Dump(
                $"nft list chains {FamilyName(family)}",
                NftBatch.MessageType(NFT_MSG_GETCHAIN),
                message => message.Struct(new NfGenMsg(family, 0, 0)),
                (_, payload) =>
                    ReadText(payload, NFTA_CHAIN_TABLE) == table
                        ? new { Chain = ReadText(payload, NFTA_CHAIN_NAME), Use = ReadNumber(payload, NFTA_CHAIN_USE) ?? 0 }
                        : null
            )
            .ToDictionary(static held => held.Chain, static held => held.Use);

    /// <summary>Whether a rule that the kernel holds is made of these expressions: it adds attributes with their defaults, and takes none away.</summary>
    public static bool Is(byte[] held, IReadOnlyList<NftExpression> expressions)
    {
        NetlinkWriter writer = new();
        writer.Message(0, 0, 0);
        foreach (NftExpression expression in expressions)
            expression(writer);
        NetlinkReader there = new(held);
        foreach (NetlinkAttribute wanted in new NetlinkReader(writer.Written[NLMSG_HDRLEN..]))
        {
            if (!there.MoveNext() || !Holds(there.Current.Value, wanted.Value, hasDefaults: NameOf(there.Current) == "nat"))
                return false;
        }
        return !there.MoveNext();
    }

    /// <summary>Whether there is a table.</summary>
    public static bool Exists(NetlinkConnection netlink, byte family, string table) =>
        Tables(netlink, family).Any(held => held.Name == table);

    /// <summary>The tables of a family that are asleep, so that none of their chains sees a packet.</summary>
    public static IReadOnlyList<string> Dormant(NetlinkConnection netlink, byte family) =>
        [.. Tables(netlink, family).Where(static held => held.IsDormant).Select(static held => held.Name)];

    /// <summary>Whether a table is asleep.</summary>
    public static bool IsDormant(NetlinkConnection netlink, byte family, string table) => Dormant(netlink, family).Contains(table);

    private static IReadOnlyList<HeldTable> Tables(NetlinkConnection netlink, byte family) =>
        netlink.Dump(
            $"nft list tables {FamilyName(family)}",
            NftBatch.MessageType(NFT_MSG_GETTABLE),
            message => message.Struct(new NfGenMsg(family, 0, 0)),
            static (_, payload) =>
                new HeldTable(ReadText(payload, NFTA_TABLE_NAME), (ReadNumber(payload, NFTA_TABLE_FLAGS) & NFT_TABLE_F_DORMANT) > 0)
        );

    /// <summary>Whether a rule drops or refuses whatever comes to it.</summary>
    public static bool StopsAll(byte[] rule)
    {
        bool stops = false;
        foreach (NetlinkAttribute expression in new NetlinkReader(rule))
        {
            string name = "";
            ReadOnlySpan<byte> data = default;
            foreach (NetlinkAttribute part in expression.Nested)
            {
                if (part.Type == NFTA_EXPR_NAME)
                    name = part.Text;
                else if (part.Type == NFTA_EXPR_DATA)
                    data = part.Value;
            }
            switch (name)
            {
                case "counter" or "log":
                    break;
                case "reject":
                case "immediate" when IsDrop(data):
                // iptables' own, by way of the kernel's x_tables.
                case "target" when data.IndexOf("REJECT"u8) >= 0:
                    stops = true;
                    break;
                default:
                    return false;
            }
        }
        return stops;
    }

    private static bool IsDrop(ReadOnlySpan<byte> immediate)
    {
        foreach (NetlinkAttribute attribute in new NetlinkReader(immediate))
        {
            if (attribute.Type != NFTA_IMMEDIATE_DATA)
                continue;
            foreach (NetlinkAttribute verdict in attribute.Nested)
            {
                foreach (NetlinkAttribute part in verdict.Type == NFTA_DATA_VERDICT ? verdict.Nested : default)
                {
                    if (part.Type == NFTA_VERDICT_CODE)
                        return part.UInt32Network == NF_DROP;
                }
            }
        }
        return false;
    }

    private static IReadOnlyList<HeldRule> DumpRules(NetlinkConnection netlink, byte family, string table, string? chain)
    {
        try
        {
            return netlink.Dump(
                $"nft list chain {table} {chain}",
                NftBatch.MessageType(NFT_MSG_GETRULE),
                message =>
                {
                    message.Struct(new NfGenMsg(family, 0, 0)).String(NFTA_RULE_TABLE, table);
                    if (chain is not null)
                        message.String(NFTA_RULE_CHAIN, chain);
                },
                static (_, payload) => new HeldRule(ReadText(payload, NFTA_RULE_CHAIN), Find(payload, NFTA_RULE_EXPRESSIONS).ToArray())
            );
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            return []; // it was removed in between
        }
    }

    private static string NameOf(NetlinkAttribute expression)
    {
        foreach (NetlinkAttribute part in expression.Nested)
        {
            if (part.Type == NFTA_EXPR_NAME)
                return part.Text;
        }
        return "";
    }

    /// <summary>Whether an expression has what is wanted. What the kernel adds by itself is zero; anything else changes what the rule says, as a flag that turns a lookup round.</summary>
    /// <param name="held">The expression in the kernel.</param>
    /// <param name="wanted">That of ours.</param>
    /// <param name="hasDefaults">Whether the kernel adds more than that: ends of ranges that are the same as their beginnings, and flags that say so (nft_nat.c).</param>
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

    private static NftChain? ReadChain(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < Unsafe.SizeOf<NfGenMsg>())
            return null;
        NftChain chain = new(MemoryMarshal.Read<NfGenMsg>(payload).Family, "", "");
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<NfGenMsg>()..]))
        {
            chain = attribute.Type switch
            {
                NFTA_CHAIN_TABLE => chain with { Table = attribute.Text },
                NFTA_CHAIN_NAME => chain with { Name = attribute.Text },
                NFTA_CHAIN_TYPE => chain with { Type = attribute.Text },
                NFTA_CHAIN_POLICY => chain with { Policy = attribute.UInt32Network },
                NFTA_CHAIN_HOOK => chain with
                {
                    Hook = ReadHook(attribute.Nested, NFTA_HOOK_HOOKNUM),
                    Priority = (int)(ReadHook(attribute.Nested, NFTA_HOOK_PRIORITY) ?? 0),
                    Device = ReadDevice(attribute.Nested),
                },
                _ => chain,
            };
        }
        return chain;
    }

    private static string ReadDevice(NetlinkReader attributes)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == NFTA_HOOK_DEV)
                return attribute.Text;
        }
        return "";
    }

    private static uint? ReadHook(NetlinkReader attributes, ushort which)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == which)
                return attribute.UInt32Network;
        }
        return null;
    }

    private static List<(byte[] Key, byte[] Data, bool IsEnd)> ReadElements(ReadOnlySpan<byte> payload)
    {
        List<(byte[], byte[], bool)> elements = [];
        foreach (NetlinkAttribute element in new NetlinkReader(Find(payload, NFTA_SET_ELEM_LIST_ELEMENTS)))
        {
            byte[] key = [],
                data = [];
            bool isEnd = false;
            foreach (NetlinkAttribute part in element.Nested)
            {
                if (part.Type == NFTA_SET_ELEM_KEY)
                    key = Value(part.Nested);
                else if (part.Type == NFTA_SET_ELEM_DATA)
                    data = Value(part.Nested);
                else if (part.Type == NFTA_SET_ELEM_FLAGS)
                    isEnd = (part.UInt32Network & NFT_SET_ELEM_INTERVAL_END) != 0;
            }
            elements.Add((key, data, isEnd));
        }
        return elements;
    }

    private static byte[] Value(NetlinkReader attributes)
    {
        foreach (NetlinkAttribute attribute in attributes)
        {
            if (attribute.Type == NFTA_DATA_VALUE)
                return attribute.Value.ToArray();
        }
        return [];
    }

    private static string ReadText(ReadOnlySpan<byte> payload, ushort type) => KernelText.Of(Find(payload, type).TrimEnd((byte)0));

    private static uint? ReadNumber(ReadOnlySpan<byte> payload, ushort type) =>
        Find(payload, type) is { Length: 4 } number ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(number) : null;

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> payload, ushort type)
    {
        if (payload.Length < Unsafe.SizeOf<NfGenMsg>())
            return [];
        foreach (NetlinkAttribute attribute in new NetlinkReader(payload[Unsafe.SizeOf<NfGenMsg>()..]))
        {
            if (attribute.Type == type)
                return attribute.Value;
        }
        return [];
    }

    private sealed record HeldTable(string Name, bool IsDormant);

    private sealed record HeldRule(string Chain, byte[] Expressions);
}
