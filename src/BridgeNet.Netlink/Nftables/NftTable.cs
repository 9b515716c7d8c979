using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BridgeNet.Netlink;
using static BridgeNet.Nftables.NftConstants;
using static Tmds.Linux.LibC;

namespace BridgeNet.Nftables;

/// <summary>Reads nf_tables objects from the kernel.</summary>
public static class NftTable
{
    /// <summary>The rules of a chain, each as the bytes of its list of expressions.</summary>
    public static IReadOnlyList<byte[]> Rules(NetlinkConnection netlink, byte family, string table, string chain) =>
        [.. DumpRules(netlink, family, table, chain).Select(static rule => rule.Expressions)];

    /// <summary>The rules of all chains of a table.</summary>
    public static ILookup<string, byte[]> Rules(NetlinkConnection netlink, byte family, string table) =>
        DumpRules(netlink, family, table, null).ToLookup(static rule => rule.Chain, static rule => rule.Expressions);

    /// <summary>The rules of a chain, with their handles.</summary>
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
                    Find(payload, NFTA_RULE_HANDLE).Value is { Length: 8 } handle
                        ? Tuple.Create(BinaryPrimitives.ReadUInt64BigEndian(handle), Find(payload, NFTA_RULE_EXPRESSIONS).Value.ToArray())
                        : null
            )
            .Select(static rule => (rule.Item1, rule.Item2));

    /// <summary>The elements of one of our sets, with ends of ranges as separate elements; null if the set does not exist.</summary>
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

    /// <summary>The name of a family in nft.</summary>
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

    /// <summary>All chains of a family; <see cref="NFPROTO_UNSPEC"/> for all families.</summary>
    public static IReadOnlyList<NftChain> Chains(NetlinkConnection netlink, byte family = NFPROTO_UNSPEC) =>
        netlink.Dump(
            "nft list chains",
            NftBatch.MessageType(NFT_MSG_GETCHAIN),
            message => message.Struct(new NfGenMsg(family, 0, 0)),
            static (_, payload) => ReadChain(payload)
        );

    /// <summary>The use count of each chain of a table: its rules, and the rules that jump to it.</summary>
    public static IReadOnlyDictionary<string, uint> Uses(NetlinkConnection netlink, byte family, string table) =>
        netlink
            .Dump(
                $"nft list chains {FamilyName(family)}",
                NftBatch.MessageType(NFT_MSG_GETCHAIN),
                message => message.Struct(new NfGenMsg(family, 0, 0)),
                (_, payload) =>
                    Find(payload, NFTA_CHAIN_TABLE).Text == table
                        ? new { Chain = Find(payload, NFTA_CHAIN_NAME).Text, Use = Number(Find(payload, NFTA_CHAIN_USE)) ?? 0 }
                        : null
            )
            .ToDictionary(static held => held.Chain, static held => held.Use);

    /// <summary>Whether a table exists.</summary>
    public static bool Exists(NetlinkConnection netlink, byte family, string table) =>
        Tables(netlink, family).Any(held => held.Name == table);

    /// <summary>The dormant tables of a family; no chain of a dormant table gets packets.</summary>
    public static IReadOnlyList<string> Dormant(NetlinkConnection netlink, byte family) =>
        [.. Tables(netlink, family).Where(static held => held.IsDormant).Select(static held => held.Name)];

    /// <summary>Whether a table is dormant.</summary>
    public static bool IsDormant(NetlinkConnection netlink, byte family, string table) => Dormant(netlink, family).Contains(table);

    private static IReadOnlyList<HeldTable> Tables(NetlinkConnection netlink, byte family) =>
        netlink.Dump(
            $"nft list tables {FamilyName(family)}",
            NftBatch.MessageType(NFT_MSG_GETTABLE),
            message => message.Struct(new NfGenMsg(family, 0, 0)),
            static (_, payload) =>
                new HeldTable(Find(payload, NFTA_TABLE_NAME).Text, (Number(Find(payload, NFTA_TABLE_FLAGS)) & NFT_TABLE_F_DORMANT) > 0)
        );

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
                static (_, payload) =>
                    new HeldRule(Find(payload, NFTA_RULE_CHAIN).Text, Find(payload, NFTA_RULE_EXPRESSIONS).Value.ToArray())
            );
        }
        catch (NetlinkException failure) when (failure.Errno == ENOENT)
        {
            return []; // it was removed in between
        }
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
                    Hook = Number(attribute.Nested.Find(NFTA_HOOK_HOOKNUM)),
                    Priority = (int)(Number(attribute.Nested.Find(NFTA_HOOK_PRIORITY)) ?? 0),
                    Device = attribute.Nested.Find(NFTA_HOOK_DEV).Text,
                },
                _ => chain,
            };
        }
        return chain;
    }

    private static List<(byte[] Key, byte[] Data, bool IsEnd)> ReadElements(ReadOnlySpan<byte> payload)
    {
        List<(byte[], byte[], bool)> elements = [];
        foreach (NetlinkAttribute element in Find(payload, NFTA_SET_ELEM_LIST_ELEMENTS).Nested)
        {
            byte[] key = [],
                data = [];
            bool isEnd = false;
            foreach (NetlinkAttribute part in element.Nested)
            {
                if (part.Type == NFTA_SET_ELEM_KEY)
                    key = part.Nested.Find(NFTA_DATA_VALUE).Value.ToArray();
                else if (part.Type == NFTA_SET_ELEM_DATA)
                    data = part.Nested.Find(NFTA_DATA_VALUE).Value.ToArray();
                else if (part.Type == NFTA_SET_ELEM_FLAGS)
                    isEnd = (part.UInt32Network & NFT_SET_ELEM_INTERVAL_END) != 0;
            }
            elements.Add((key, data, isEnd));
        }
        return elements;
    }

    private static uint? Number(NetlinkAttribute attribute) => attribute.Value.Length == 4 ? attribute.UInt32Network : null;

    private static NetlinkAttribute Find(ReadOnlySpan<byte> payload, ushort type) =>
        payload.Length < Unsafe.SizeOf<NfGenMsg>() ? default : new NetlinkReader(payload[Unsafe.SizeOf<NfGenMsg>()..]).Find(type);

    private sealed record HeldTable(string Name, bool IsDormant);

    private sealed record HeldRule(string Chain, byte[] Expressions);
}
